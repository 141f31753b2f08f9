// The official OpenAI SDK, changed in nothing but its base URL and headers.
import assert from 'node:assert/strict';
import OpenAI from 'openai';
import { failure, gatewayHeaders, provider, run, TOKEN } from './support.mjs';

const client = new OpenAI({
  apiKey: 'sk-provider-key',
  baseURL: provider('openai'),
  defaultHeaders: gatewayHeaders('openai'),
  maxRetries: 0,
});
const model = 'gpt-4o-mini';
const say = (content) => [{ role: 'user', content }];
const tools = [
  {
    type: 'function',
    function: {
      name: 'get_weather',
      parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    },
  },
];

await run({
  async 'chat: plain'() {
    const answer = await client.chat.completions.create({ model, messages: say('hello') });
    assert.equal(answer.choices[0].message.content, 'Hi there, friend!');
  },

  async 'chat: headers of the gateway reach the SDK'() {
    const { response } = await client.chat.completions.create({ model, messages: say('hello') }).withResponse();
    assert.match(response.headers.get('cf-aig-log-id'), /^[0-9a-f-]{36}$/);
    assert.equal(response.headers.get('cf-aig-step'), '0');
  },

  async 'chat: streamed'() {
    const stream = await client.chat.completions.create({
      model,
      messages: say('hello'),
      stream: true,
      stream_options: { include_usage: true },
    });
    const parts = [];
    let usage;
    for await (const chunk of stream) {
      if (chunk.choices[0]?.delta.content) parts.push(chunk.choices[0].delta.content);
      usage = chunk.usage ?? usage;
    }
    assert.equal(parts.join(''), 'Hi there, friend!');
    assert.ok(parts.length > 1, 'one piece is no stream');
    assert.ok(usage.total_tokens > 0);
  },

  async 'chat: with tools'() {
    const messages = say('weather');
    const asked = await client.chat.completions.create({ model, messages, tools });
    const [call] = asked.choices[0].message.tool_calls;
    assert.equal(call.function.name, 'get_weather');
    assert.deepEqual(JSON.parse(call.function.arguments), { city: 'Oslo' });
    const answer = await client.chat.completions.create({
      model,
      tools,
      messages: [...messages, asked.choices[0].message, { role: 'tool', tool_call_id: call.id, content: 'sunny' }],
    });
    assert.equal(answer.choices[0].message.content, 'It is sunny in Oslo.');
  },

  async 'chat: streamed with tools'() {
    const stream = client.chat.completions.stream({ model, messages: say('weather'), tools });
    const [call] = (await stream.finalChatCompletion()).choices[0].message.tool_calls;
    assert.deepEqual(JSON.parse(call.function.arguments), { city: 'Oslo' });
  },

  async 'chat: aborted in the middle'() {
    const stream = await client.chat.completions.create(
      { model, messages: say('forever'), stream: true },
      { headers: { 'x-test-case': 'openai-chat-abort' } },
    );
    for await (const chunk of stream) {
      if (chunk.choices[0]?.delta.content) break; // which aborts the request
    }
  },

  async 'responses: plain and streamed'() {
    const answer = await client.responses.create({ model, input: 'hello' });
    assert.equal(answer.output_text, 'Hi there, friend!');
    const stream = await client.responses.create({ model, input: 'hello', stream: true });
    let text = '';
    for await (const event of stream) if (event.type === 'response.output_text.delta') text += event.delta;
    assert.equal(text, 'Hi there, friend!');
  },

  async 'embeddings'() {
    const answer = await client.embeddings.create({ model: 'text-embedding-3-small', input: 'hello' });
    assert.ok(answer.data[0].embedding.length > 0);
  },

  async 'the version segment in the base URL changes nothing'() {
    const versioned = new OpenAI({
      apiKey: 'sk-provider-key',
      baseURL: `${provider('openai')}/v1`,
      defaultHeaders: gatewayHeaders('openai'),
      maxRetries: 0,
    });
    const answer = await versioned.chat.completions.create({ model, messages: say('hello') });
    assert.equal(answer.choices[0].message.content, 'Hi there, friend!');
  },

  async 'the gateway token as API key is no provider key'() {
    const tokenOnly = new OpenAI({ apiKey: TOKEN, baseURL: provider('openai'), maxRetries: 0 });
    const error = await failure(tokenOnly.chat.completions.create({ model, messages: say('hello') }));
    assert.ok(error instanceof OpenAI.BadRequestError);
    assert.equal(error.error[0].code, 2040);
  },

  async 'without the gateway token'() {
    const stranger = new OpenAI({ apiKey: 'sk-provider-key', baseURL: provider('openai'), maxRetries: 0 });
    const error = await failure(stranger.chat.completions.create({ model, messages: say('hello') }));
    assert.ok(error instanceof OpenAI.AuthenticationError);
    assert.equal(error.error[0].code, 2009);
  },
});

// The official Anthropic SDK, changed in nothing but its base URL and headers.
import assert from 'node:assert/strict';
import Anthropic from '@anthropic-ai/sdk';
import { failure, gatewayHeaders, provider, run, TOKEN } from './support.mjs';

const client = new Anthropic({
  apiKey: 'sk-ant-provider-key',
  baseURL: provider('anthropic'),
  defaultHeaders: gatewayHeaders('anthropic'),
  maxRetries: 0,
});
const base = { model: 'claude-sonnet-4-5', max_tokens: 100 };
const say = (content) => [{ role: 'user', content }];
const tools = [
  {
    name: 'get_weather',
    input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
];

await run({
  async 'messages: plain'() {
    const answer = await client.messages.create({ ...base, messages: say('hello') });
    assert.equal(answer.content[0].text, 'Hi there, friend!');
    assert.equal(answer.stop_reason, 'end_turn');
  },

  async 'messages: streamed'() {
    const parts = [];
    const stream = client.messages.stream({ ...base, messages: say('hello') }).on('text', (text) => parts.push(text));
    const answer = await stream.finalMessage();
    assert.equal(answer.content[0].text, 'Hi there, friend!');
    assert.ok(parts.length > 1, 'one piece is no stream');
  },

  async 'messages: with tools'() {
    const messages = say('weather');
    const asked = await client.messages.create({ ...base, messages, tools });
    const call = asked.content.find((block) => block.type === 'tool_use');
    assert.deepEqual([call.name, call.input], ['get_weather', { city: 'Oslo' }]);
    const answer = await client.messages.create({
      ...base,
      tools,
      messages: [
        ...messages,
        { role: 'assistant', content: asked.content },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: call.id, content: 'sunny' }] },
      ],
    });
    assert.equal(answer.content[0].text, 'It is sunny in Oslo.');
  },

  async 'messages: streamed with tools'() {
    const answer = await client.messages.stream({ ...base, messages: say('weather'), tools }).finalMessage();
    assert.deepEqual(answer.content.find((block) => block.type === 'tool_use').input, { city: 'Oslo' });
  },

  async 'messages: aborted in the middle'() {
    const stream = await client.messages.create(
      { ...base, messages: say('forever'), stream: true },
      { headers: { 'x-test-case': 'anthropic-abort' } },
    );
    for await (const event of stream) {
      if (event.type === 'content_block_delta') break; // which aborts the request
    }
  },

  async 'the gateway token as API key is no provider key'() {
    const tokenOnly = new Anthropic({ apiKey: TOKEN, baseURL: provider('anthropic'), maxRetries: 0 });
    const error = await failure(tokenOnly.messages.create({ ...base, messages: say('hello') }));
    assert.ok(error instanceof Anthropic.BadRequestError);
    assert.equal(error.error.error[0].code, 2040);
  },

  async 'without the gateway token'() {
    const stranger = new Anthropic({ apiKey: 'sk-ant-provider-key', baseURL: provider('anthropic'), maxRetries: 0 });
    const error = await failure(stranger.messages.create({ ...base, messages: say('hello') }));
    assert.ok(error instanceof Anthropic.AuthenticationError);
    assert.equal(error.error.error[0].code, 2009);
  },
});

// The official OpenAI SDK against the OpenAI-compatible endpoint: one client, providers of three formats.
import assert from 'node:assert/strict';
import OpenAI from 'openai';
import { failure, gatewayHeaders, provider, run } from './support.mjs';

const client = new OpenAI({
  apiKey: 'sk-provider-key',
  baseURL: provider('compat'),
  defaultHeaders: gatewayHeaders('compat'),
  maxRetries: 0,
});
const models = ['openai/gpt-4o-mini', 'anthropic/claude-sonnet-4-5', 'google-ai-studio/gemini-2.5-flash'];
const say = (content) => [{ role: 'user', content }];
const tools = [
  {
    type: 'function',
    function: { name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } },
  },
];
const checks = {};

for (const model of models) {
  checks[`${model}: plain`] = async () => {
    const answer = await client.chat.completions.create({ model, messages: say('hello') });
    assert.equal(answer.choices[0].message.content, 'Hi there, friend!');
    assert.equal(answer.choices[0].finish_reason, 'stop');
    assert.equal(answer.object, 'chat.completion');
    assert.ok(answer.usage.total_tokens >= 0);
  };

  checks[`${model}: streamed`] = async () => {
    const stream = await client.chat.completions.create({ model, messages: say('hello'), stream: true, stream_options: { include_usage: true } });
    let text = '';
    let pieces = 0;
    let finish;
    for await (const chunk of stream) {
      assert.equal(chunk.object, 'chat.completion.chunk');
      const choice = chunk.choices[0];
      text += choice?.delta.content ?? '';
      pieces += choice?.delta.content ? 1 : 0;
      finish = choice?.finish_reason ?? finish;
    }
    assert.equal(text, 'Hi there, friend!');
    assert.ok(pieces > 1, 'one piece is no stream');
    assert.equal(finish, 'stop');
  };

  checks[`${model}: with tools, there and back`] = async () => {
    const messages = say('weather');
    const asked = await client.chat.completions.create({ model, messages, tools });
    const message = asked.choices[0].message;
    assert.equal(asked.choices[0].finish_reason, 'tool_calls');
    const [call] = message.tool_calls;
    assert.deepEqual([call.function.name, JSON.parse(call.function.arguments)], ['get_weather', { city: 'Oslo' }]);
    const answer = await client.chat.completions.create({
      model,
      tools,
      messages: [...messages, message, { role: 'tool', tool_call_id: call.id, content: 'sunny' }],
    });
    assert.equal(answer.choices[0].message.content, 'It is sunny in Oslo.');
  };

  checks[`${model}: streamed with tools`] = async () => {
    const stream = client.chat.completions.stream({ model, messages: say('weather'), tools });
    const answer = await stream.finalChatCompletion();
    assert.deepEqual(JSON.parse(answer.choices[0].message.tool_calls[0].function.arguments), { city: 'Oslo' });
  };
}

await run({
  ...checks,

  async 'aborted in the middle of a translated stream'() {
    const stream = await client.chat.completions.create(
      { model: 'anthropic/claude-sonnet-4-5', messages: say('forever'), stream: true },
      { headers: { 'x-test-case': 'compat-abort' } },
    );
    for await (const chunk of stream) {
      if (chunk.choices[0]?.delta.content) break; // which aborts the request
    }
  },

  async 'a request that the provider cannot take is the SDK\'s own kind of error'() {
    const error = await failure(client.chat.completions.create({ model: 'anthropic/claude-sonnet-4-5', messages: say('hello'), n: 2 }));
    assert.ok(error instanceof OpenAI.BadRequestError);
    assert.deepEqual([error.type, error.param], ['invalid_request_error', 'n']);
  },

  async 'an error of a translated provider has its status'() {
    const error = await failure(client.chat.completions.create({ model: 'anthropic/broken', messages: say('hello') }));
    assert.equal(error.status, 500);
    assert.equal(error.type, 'server_error');
    assert.match(error.message, /out of order/);
  },

  async 'the list of models'() {
    const ids = [];
    for await (const model of client.models.list()) ids.push(model.id);
    assert.ok(ids.includes('openai/gpt-4o-mini'));
  },
});

// The official Anthropic SDK against the OpenAI-compatible endpoint: its own format, models of other providers.
import assert from 'node:assert/strict';
import Anthropic from '@anthropic-ai/sdk';
import { failure, gatewayHeaders, provider, run } from './support.mjs';

const client = new Anthropic({
  apiKey: 'sk-provider-key',
  baseURL: provider('compat'),
  defaultHeaders: gatewayHeaders('compat-messages'),
  maxRetries: 0,
});
const models = ['openai/gpt-4o-mini', 'google-ai-studio/gemini-2.5-flash', 'anthropic/claude-sonnet-4-5'];
const say = (content) => [{ role: 'user', content }];
const tools = [
  {
    name: 'get_weather',
    description: 'Tells the weather',
    input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
];
const checks = {};

for (const model of models) {
  const base = { model, max_tokens: 100 };

  checks[`${model}: plain`] = async () => {
    const answer = await client.messages.create({ ...base, system: 'Be brief.', messages: say('hello') });
    assert.deepEqual([answer.type, answer.role, answer.stop_reason], ['message', 'assistant', 'end_turn']);
    assert.equal(answer.content[0].text, 'Hi there, friend!');
    assert.ok(answer.usage.output_tokens >= 0);
  };

  checks[`${model}: streamed`] = async () => {
    const parts = [];
    const stream = client.messages.stream({ ...base, messages: say('hello') }).on('text', (text) => parts.push(text));
    const answer = await stream.finalMessage();
    assert.equal(answer.content[0].text, 'Hi there, friend!');
    assert.equal(answer.stop_reason, 'end_turn');
    assert.ok(parts.length > 1, 'one piece is no stream');
  };

  checks[`${model}: streamed with tools, there and back`] = async () => {
    const messages = say('weather');
    const asked = await client.messages.stream({ ...base, messages, tools }).finalMessage();
    assert.equal(asked.stop_reason, 'tool_use');
    const call = asked.content.find((block) => block.type === 'tool_use');
    assert.deepEqual([call.name, call.input], ['get_weather', { city: 'Oslo' }]);
    const answer = await client.messages
      .stream({
        ...base,
        tools,
        messages: [
          ...messages,
          { role: 'assistant', content: asked.content },
          { role: 'user', content: [{ type: 'tool_result', tool_use_id: call.id, content: 'sunny' }] },
        ],
      })
      .finalMessage();
    assert.equal(answer.content[0].text, 'It is sunny in Oslo.');
  };
}

await run({
  ...checks,

  async 'aborted in the middle of a translated stream'() {
    const stream = await client.messages.create(
      { model: 'openai/gpt-4o-mini', max_tokens: 100, messages: say('forever'), stream: true },
      { headers: { 'x-test-case': 'compat-messages-abort' } },
    );
    for await (const event of stream) {
      if (event.type === 'content_block_delta') break; // which aborts the request
    }
  },

  async 'tokens of a provider that does not count them'() {
    const count = await client.messages.countTokens({ model: 'openai/gpt-4o-mini', messages: say('hello') });
    assert.ok(count.input_tokens > 0);
  },

  async 'a request that the provider cannot take is the SDK\'s own kind of error'() {
    const error = await failure(client.messages.create({ model: 'openai/gpt-4o-mini', max_tokens: 100, messages: say('hello'), container: 'c' }));
    assert.ok(error instanceof Anthropic.BadRequestError);
    assert.equal(error.error.error.type, 'invalid_request_error');
    assert.match(error.error.error.message, /^container: /);
  },

  async 'an error of a translated provider has its status and the SDK\'s form'() {
    const error = await failure(client.messages.create({ model: 'openai/broken', max_tokens: 100, messages: say('hello') }));
    assert.equal(error.status, 500);
    assert.equal(error.error.error.type, 'api_error');
    assert.match(error.message, /out of order/);
  },
});

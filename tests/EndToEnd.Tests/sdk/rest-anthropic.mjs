// The official Anthropic SDK against the inference routes of the API host: it adds a version of its own and sends the token as a key.
import assert from 'node:assert/strict';
import Anthropic from '@anthropic-ai/sdk';
import { failure, inference, run, TOKEN } from './support.mjs';

const client = new Anthropic({ apiKey: TOKEN, baseURL: inference('v1'), defaultHeaders: { 'x-test-case': 'rest-anthropic' }, maxRetries: 0 });
const models = (process.env.MODELS ?? 'anthropic/claude-sonnet-4.5,openai/gpt-4o-mini,google/gemini-2.5-flash').split(',');
const ask = (model, content) => ({ model, max_tokens: 200, messages: [{ role: 'user', content }] });
const tools = [{ name: 'get_weather', input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } }];
const checks = {};

for (const model of models) {
  checks[`${model}: plain`] = async () => {
    const answer = await client.messages.create(ask(model, 'hello'));
    assert.equal(answer.type, 'message');
    assert.equal(answer.content.find((block) => block.type === 'text').text, 'Hi there, friend!');
    assert.equal(answer.stop_reason, 'end_turn');
  };

  checks[`${model}: streamed`] = async () => {
    const pieces = [];
    const stream = client.messages.stream(ask(model, 'hello'));
    stream.on('text', (piece) => pieces.push(piece));
    const answer = await stream.finalMessage();
    assert.equal(pieces.join(''), 'Hi there, friend!');
    assert.ok(pieces.length > 1, 'one piece is no stream');
    assert.equal(answer.stop_reason, 'end_turn');
  };

  checks[`${model}: streamed with tools, there and back`] = async () => {
    const asked = await client.messages.stream({ ...ask(model, 'weather'), tools }).finalMessage();
    assert.equal(asked.stop_reason, 'tool_use');
    const call = asked.content.find((block) => block.type === 'tool_use');
    assert.deepEqual([call.name, call.input], ['get_weather', { city: 'Oslo' }]);
    const answer = await client.messages.stream({
      ...ask(model, 'weather'),
      tools,
      messages: [
        { role: 'user', content: 'weather' },
        { role: 'assistant', content: asked.content },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: call.id, content: 'sunny' }] },
      ],
    }).finalText();
    assert.equal(answer, 'It is sunny in Oslo.');
  };
}

await run({
  ...checks,

  async 'no token of ours is an authentication error of the SDK'() {
    const stranger = new Anthropic({ apiKey: 'sk-ant-somebody-elses', baseURL: inference('v1'), maxRetries: 0 });
    assert.ok((await failure(stranger.messages.create(ask(models[0], 'hello')))) instanceof Anthropic.AuthenticationError);
  },

  async 'a model that nobody serves is not found'() {
    assert.ok((await failure(client.messages.create(ask('nobody/claude', 'hello')))) instanceof Anthropic.NotFoundError);
  },
});

// The official OpenAI SDK with its Responses API against the OpenAI-compatible endpoint: models of providers that have no such format.
import assert from 'node:assert/strict';
import OpenAI from 'openai';
import { failure, gatewayHeaders, provider, run } from './support.mjs';

const client = new OpenAI({
  apiKey: 'sk-provider-key',
  baseURL: provider('compat'),
  defaultHeaders: gatewayHeaders('compat-responses'),
  maxRetries: 0,
});
const models = [
  'anthropic/claude-sonnet-4-5',
  'google-ai-studio/gemini-2.5-flash',
  'aws-bedrock/anthropic.claude-haiku-4-5-20251001-v1:0',
  'cohere/command-a-03-2025',
  'workers-ai/@cf/meta/llama-3.3-70b-instruct-fp8-fast',
  'openai/gpt-4o-mini',
];
const tools = [
  {
    type: 'function',
    name: 'get_weather',
    strict: false,
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
];
const checks = {};

for (const model of models) {
  checks[`${model}: plain`] = async () => {
    const answer = await client.responses.create({ model, instructions: 'Be brief.', input: 'hello', store: false });
    assert.equal(answer.output_text, 'Hi there, friend!');
    assert.deepEqual([answer.object, answer.status], ['response', 'completed']);
  };

  checks[`${model}: streamed`] = async () => {
    const stream = await client.responses.create({ model, input: 'hello', stream: true });
    let text = '';
    let pieces = 0;
    let last;
    for await (const event of stream) {
      if (event.type === 'response.output_text.delta') {
        text += event.delta;
        pieces += 1;
      }
      last = event;
    }
    assert.equal(text, 'Hi there, friend!');
    assert.ok(pieces > 1, 'one piece is no stream');
    assert.equal(last.type, 'response.completed');
  };

  checks[`${model}: with tools, there and back`] = async () => {
    const input = [{ role: 'user', content: 'weather' }];
    const asked = await client.responses.create({ model, input, tools, include: ['reasoning.encrypted_content'], store: false });
    const call = asked.output.find((item) => item.type === 'function_call');
    assert.deepEqual([call.name, JSON.parse(call.arguments)], ['get_weather', { city: 'Oslo' }]);
    const answer = await client.responses.create({
      model,
      tools,
      store: false,
      input: [...input, ...asked.output, { type: 'function_call_output', call_id: call.call_id, output: 'sunny' }],
    });
    assert.equal(answer.output_text, 'It is sunny in Oslo.');
  };

  checks[`${model}: streamed with tools`] = async () => {
    const answer = await client.responses.stream({ model, input: [{ role: 'user', content: 'weather' }], tools }).finalResponse();
    const call = answer.output.find((item) => item.type === 'function_call');
    assert.deepEqual(JSON.parse(call.arguments), { city: 'Oslo' });
  };
}

await run({
  ...checks,

  async 'aborted in the middle of a translated stream'() {
    const stream = await client.responses.create(
      { model: 'anthropic/claude-sonnet-4-5', input: 'forever', stream: true },
      { headers: { 'x-test-case': 'compat-responses-abort' } },
    );
    for await (const event of stream) {
      if (event.type === 'response.output_text.delta') break; // which aborts the request
    }
  },

  async 'what needs a store is the SDK\'s own kind of error'() {
    const error = await failure(client.responses.create({ model: 'anthropic/claude-sonnet-4-5', input: 'hello', previous_response_id: 'resp_1' }));
    assert.ok(error instanceof OpenAI.BadRequestError);
    assert.deepEqual([error.code, error.param], ['unsupported_parameter', 'previous_response_id']);
  },

  async 'an error of a translated provider has its status'() {
    const error = await failure(client.responses.create({ model: 'anthropic/broken', input: 'hello' }));
    assert.equal(error.status, 500);
    assert.match(error.message, /out of order/);
  },
});

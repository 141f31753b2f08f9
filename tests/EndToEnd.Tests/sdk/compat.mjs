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
const models = [
  'openai/gpt-4o-mini',
  'openai/gpt-5-pro', // by way of Responses
  'anthropic/claude-sonnet-4-5',
  'google-ai-studio/gemini-2.5-flash',
  'aws-bedrock/anthropic.claude-haiku-4-5-20251001-v1:0',
  'cohere/command-a-03-2025',
  'workers-ai/@cf/meta/llama-3.3-70b-instruct-fp8-fast',
];
const embedders = [
  { model: 'openai/text-embedding-3-small' },
  { model: 'google-ai-studio/gemini-embedding-001', single: true }, // the mock takes one text at a time
  { model: 'cohere/embed-v4.0' },
  { model: 'workers-ai/@cf/baai/bge-m3' },
  { model: 'aws-bedrock/amazon.titan-embed-text-v2:0' },
];
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

  checks[`${model}: structured`] = async () => {
    const answer = await client.chat.completions.parse({
      model,
      messages: say('structured'),
      response_format: {
        type: 'json_schema',
        json_schema: {
          name: 'place',
          strict: true,
          schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false },
        },
      },
    });
    assert.deepEqual(JSON.parse(answer.choices[0].message.content), { city: 'Oslo' });
  };

  checks[`${model}: streamed with tools`] = async () => {
    const stream = client.chat.completions.stream({ model, messages: say('weather'), tools });
    const answer = await stream.finalChatCompletion();
    assert.deepEqual(JSON.parse(answer.choices[0].message.tool_calls[0].function.arguments), { city: 'Oslo' });
  };
}

for (const { model, single } of embedders) {
  for (const encoding_format of [undefined, 'float']) {
    checks[`${model}: embeddings, ${encoding_format ?? 'as the SDK asks by itself'}`] = async () => {
      const texts = single ? ['low tide'] : ['low tide', 'high tides', 'low tide'];
      const answer = await client.embeddings.create({ model, input: texts, encoding_format });
      assert.equal(answer.object, 'list');
      assert.deepEqual(answer.data.map((item) => item.index), texts.map((_, index) => index));
      const [first, second, third] = answer.data.map((item) => item.embedding);
      assert.ok(first.length > 1 && first.every((number) => Number.isFinite(number) && Math.abs(number) <= 2));
      if (!single) {
        assert.deepEqual(third, first);
        assert.notDeepEqual(second, first);
      }
      assert.ok(answer.usage.prompt_tokens >= 0);
    };
  }
}

await run({
  ...checks,

  async 'token ids are refused where they mean nothing'() {
    const error = await failure(client.embeddings.create({ model: 'cohere/embed-v4.0', input: [1, 2, 3] }));
    assert.ok(error instanceof OpenAI.BadRequestError);
    assert.equal(error.param, 'input');
  },

  async 'AWS access keys as the key sign the request'() {
    const keys = JSON.stringify({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', region: 'eu-west-1' });
    const answer = await client.withOptions({ apiKey: keys }).chat.completions.create({ model: 'aws-bedrock/amazon.nova-lite-v1:0', messages: say('hello') });
    assert.equal(answer.choices[0].message.content, 'Hi there, friend!');
  },

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

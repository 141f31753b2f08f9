// The official OpenAI SDK against the inference routes of the API host: an API token is all it has.
import assert from 'node:assert/strict';
import OpenAI from 'openai';
import { failure, inference, run, TOKEN } from './support.mjs';

const connect = (apiKey, headers = {}) => new OpenAI({ apiKey, baseURL: inference('v1'), defaultHeaders: { 'x-test-case': 'rest-openai', ...headers }, maxRetries: 0 });
const client = connect(TOKEN);
const models = ['openai/gpt-4o-mini', 'anthropic/claude-sonnet-4.5', 'google/gemini-2.5-flash'];
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
    const { data, response } = await client.chat.completions.create({ model, messages: say('hello') }).withResponse();
    assert.equal(data.choices[0].message.content, 'Hi there, friend!');
    assert.match(response.headers.get('cf-aig-log-id'), /^[0-9a-f-]{36}$/);
  };

  checks[`${model}: streamed`] = async () => {
    const stream = await client.chat.completions.create({ model, messages: say('hello'), stream: true });
    let text = '';
    let pieces = 0;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      pieces += chunk.choices[0]?.delta.content ? 1 : 0;
    }
    assert.equal(text, 'Hi there, friend!');
    assert.ok(pieces > 1, 'one piece is no stream');
  };

  checks[`${model}: with tools, there and back`] = async () => {
    const messages = say('weather');
    const asked = await client.chat.completions.create({ model, messages, tools });
    const { message } = asked.choices[0];
    const [call] = message.tool_calls;
    assert.deepEqual([call.function.name, JSON.parse(call.function.arguments)], ['get_weather', { city: 'Oslo' }]);
    const answer = await client.chat.completions.create({
      model,
      tools,
      messages: [...messages, message, { role: 'tool', tool_call_id: call.id, content: 'sunny' }],
    });
    assert.equal(answer.choices[0].message.content, 'It is sunny in Oslo.');
  };
}

await run({
  ...checks,

  async 'the responses API'() {
    const answer = await client.responses.create({ model: 'openai/gpt-4o-mini', input: 'hello' });
    assert.equal(answer.output_text, 'Hi there, friend!');
  },

  async 'the responses API, streamed'() {
    const stream = await client.responses.create({ model: 'openai/gpt-4o-mini', input: 'hello', stream: true });
    let text = '';
    for await (const event of stream) text += event.type === 'response.output_text.delta' ? event.delta : '';
    assert.equal(text, 'Hi there, friend!');
  },

  async 'embeddings'() {
    const answer = await client.embeddings.create({ model: 'openai/text-embedding-3-small', input: ['one', 'two'] });
    assert.equal(answer.data.length, 2);
    assert.ok(answer.data[0].embedding.length > 1);
  },

  async 'the list of models'() {
    const ids = [];
    for await (const model of client.models.list()) ids.push(model.id);
    assert.ok(ids.includes('openai/gpt-4o-mini'));
  },

  async 'aborted in the middle of a stream'() {
    const stream = await client.chat.completions.create(
      { model: 'openai/gpt-4o-mini', messages: say('forever'), stream: true },
      { headers: { 'x-test-case': 'rest-abort' } },
    );
    for await (const chunk of stream) {
      if (chunk.choices[0]?.delta.content) break; // which aborts the request
    }
  },

  async 'no token of ours is an authentication error of the SDK'() {
    const error = await failure(connect('sk-somebody-elses').chat.completions.create({ model: models[0], messages: say('hello') }));
    assert.ok(error instanceof OpenAI.AuthenticationError);
    assert.match(error.message, /10000/);
  },

  async 'a model that nobody serves is not found'() {
    const error = await failure(client.chat.completions.create({ model: 'nobody/gpt', messages: say('hello') }));
    assert.ok(error instanceof OpenAI.NotFoundError);
    assert.match(error.message, /Model not found: nobody\/gpt/);
  },

  async 'a gateway that does not exist is said so'() {
    const error = await failure(connect(TOKEN, { 'cf-aig-gateway-id': 'nothing' }).chat.completions.create({ model: models[0], messages: say('hello') }));
    assert.ok(error instanceof OpenAI.BadRequestError);
    assert.match(error.message, /2001/);
  },
});

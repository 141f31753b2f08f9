// Runs of models by Cloudflare's own packages, changed in nothing but the host: its SDK, its provider for the AI SDK, and the AI SDK's
// provider for whatever speaks OpenAI's format.
import assert from 'node:assert/strict';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { embed, generateText, streamText, tool, jsonSchema } from 'ai';
import Cloudflare from 'cloudflare';
import { createWorkersAI } from 'workers-ai-provider';
import { ACCOUNT_ID, failure, GATEWAY_URL, inference, provider, run, TOKEN } from './support.mjs';

const cloudflare = new Cloudflare({ apiToken: TOKEN, baseURL: `${GATEWAY_URL}/client/v4`, maxRetries: 0 });
const hosted = '@cf/meta/llama-3.1-8b-instruct';
const elsewhere = (url, init) =>
  fetch(String(url).replace('https://api.cloudflare.com', GATEWAY_URL).replace('https://gateway.ai.cloudflare.com', GATEWAY_URL), init);
const ask = (model, prompt = 'hello') => ({ model, prompt, maxRetries: 0 });
const weather = { get_weather: tool({ inputSchema: jsonSchema({ type: 'object', properties: { city: { type: 'string' } } }) }) };
const checks = {};

async function streamed(model) {
  const parts = [];
  for await (const part of streamText(ask(model)).textStream) parts.push(part);
  assert.ok(parts.length > 1, 'one piece is no stream');
  return parts.join('');
}

for (const [where, baseURL] of Object.entries({ rest: inference('v1'), compat: provider('compat') })) {
  const compatible = createOpenAICompatible({ name: 'gateway', baseURL, apiKey: TOKEN });
  for (const name of ['openai/gpt-4o-mini', 'anthropic/claude-sonnet-4-5', 'google/gemini-2.5-flash']) {
    checks[`openai-compatible at ${where}, ${name}: plain, streamed, tools`] = async () => {
      assert.equal((await generateText(ask(compatible(name)))).text, 'Hi there, friend!');
      assert.equal(await streamed(compatible(name)), 'Hi there, friend!');
      const { toolCalls } = await generateText({ ...ask(compatible(name), 'weather'), tools: weather });
      assert.deepEqual([toolCalls[0].toolName, toolCalls[0].input], ['get_weather', { city: 'Oslo' }]);
    };
  }

  checks[`openai-compatible at ${where}: embeddings`] = async () => {
    const { embedding } = await embed({ model: compatible.embeddingModel('openai/text-embedding-3-small'), value: 'one' });
    assert.ok(embedding.length > 1);
  };
}

for (const [where, options] of Object.entries({ 'the API host': {}, 'the gateway host': { gateway: { id: 'default' } } })) {
  const workersai = createWorkersAI({ accountId: ACCOUNT_ID, apiKey: TOKEN, fetch: elsewhere, ...options });
  checks[`workers-ai-provider at ${where}: plain, streamed`] = async () => {
    assert.equal((await generateText(ask(workersai(hosted)))).text, 'Hi from the hosted model!');
    assert.equal(await streamed(workersai(hosted)), 'Hi from the hosted model!');
  };
}

await run({
  ...checks,

  async 'cloudflare: ai.run of a hosted model'() {
    const result = await cloudflare.ai.run(hosted, { account_id: ACCOUNT_ID, prompt: 'hello' });
    assert.equal(result.response, 'Hi from the hosted model!');
  },

  async 'cloudflare: ai.run of another vendor\'s model'() {
    const result = await cloudflare.ai.run('openai/gpt-4o-mini', { account_id: ACCOUNT_ID, messages: [{ role: 'user', content: 'hello' }] });
    assert.deepEqual([result.state, result.provider, result.model], ['Completed', 'openai', 'openai/gpt-4o-mini']);
    assert.equal(result.result.choices[0].message.content, 'Hi there, friend!');
  },

  async 'cloudflare: a model that nobody serves'() {
    const error = await failure(cloudflare.ai.run('nobody/x', { account_id: ACCOUNT_ID, prompt: 'hello' }));
    assert.ok(error instanceof Cloudflare.NotFoundError);
    assert.equal(error.errors[0].code, 7003);
  },

  async 'cloudflare: the catalogue of models'() {
    const names = [];
    for await (const model of cloudflare.ai.models.list({ account_id: ACCOUNT_ID, author: 'openai', per_page: 50 })) names.push(model.name);
    assert.ok(names.includes('openai/gpt-4o-mini') && names.length > 50);
    const schema = await cloudflare.ai.models.schema.get({ account_id: ACCOUNT_ID, model: 'openai/gpt-4o-mini' });
    assert.ok(schema.input.properties.messages);
    const tasks = [];
    for await (const task of cloudflare.ai.tasks.list({ account_id: ACCOUNT_ID })) tasks.push(task.name);
    assert.ok(tasks.includes('Text Generation'));
  },

  async 'without a body\'s own gateway, with one, and with one that is none'() {
    const send = (options) =>
      fetch(inference('run'), {
        method: 'POST',
        headers: { authorization: `Bearer ${TOKEN}` },
        body: JSON.stringify({ model: 'openai/gpt-4o-mini', input: { messages: [{ role: 'user', content: 'hello' }] }, options }),
      });
    assert.equal((await send(undefined)).status, 200);
    assert.equal((await send({ gateway: { id: 'default' } })).status, 200);
    const none = await send({ gateway: { id: 'nothing' } });
    assert.deepEqual([none.status, (await none.json()).errors[0].code], [400, 2001]);
  },
});

// Runs of models by Cloudflare's own packages, changed in nothing but the host: its SDK, its provider for the AI SDK, and the AI SDK's
// provider for whatever speaks OpenAI's format.
import assert from 'node:assert/strict';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { embed, generateText, jsonSchema, Output, streamText, tool } from 'ai';
import Cloudflare from 'cloudflare';
import { createWorkersAI } from 'workers-ai-provider';
import { ACCOUNT_ID, failure, GATEWAY_URL, inference, provider, run, TOKEN } from './support.mjs';

const cloudflare = new Cloudflare({ apiToken: TOKEN, baseURL: `${GATEWAY_URL}/client/v4`, maxRetries: 0 });
const hosted = '@cf/meta/llama-3.1-8b-instruct';
const elsewhere = (url, init) =>
  fetch(String(url).replace('https://api.cloudflare.com', GATEWAY_URL).replace('https://gateway.ai.cloudflare.com', GATEWAY_URL), init);
const ask = (model, prompt = 'hello') => ({ model, prompt, maxRetries: 0 });
const weather = { get_weather: tool({ inputSchema: jsonSchema({ type: 'object', properties: { city: { type: 'string' } } }) }) };
const place = jsonSchema({ type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false });
const checks = {};

async function streamed(model) {
  const parts = [];
  for await (const part of streamText(ask(model)).textStream) parts.push(part);
  assert.ok(parts.length > 1, 'one piece is no stream');
  return parts.join('');
}

for (const [where, baseURL] of Object.entries({ rest: inference('v1'), compat: provider('compat') })) {
  const compatible = createOpenAICompatible({ name: 'gateway', baseURL, apiKey: TOKEN });
  const structured = createOpenAICompatible({ name: 'gateway', baseURL, apiKey: TOKEN, supportsStructuredOutputs: true });
  for (const name of ['openai/gpt-4o-mini', 'anthropic/claude-sonnet-4-5', 'google/gemini-2.5-flash']) {
    checks[`openai-compatible at ${where}, ${name}: plain, streamed, tools`] = async () => {
      assert.equal((await generateText(ask(compatible(name)))).text, 'Hi there, friend!');
      assert.equal(await streamed(compatible(name)), 'Hi there, friend!');
      const { toolCalls } = await generateText({ ...ask(compatible(name), 'weather'), tools: weather });
      assert.deepEqual([toolCalls[0].toolName, toolCalls[0].input], ['get_weather', { city: 'Oslo' }]);
    };

    checks[`openai-compatible at ${where}, ${name}: streamed with tools, there and back`] = async () => {
      const asked = streamText({ ...ask(compatible(name), 'weather'), tools: weather });
      const [call] = await asked.toolCalls;
      assert.deepEqual([call.toolName, call.input], ['get_weather', { city: 'Oslo' }]);
      const result = { type: 'tool-result', toolCallId: call.toolCallId, toolName: call.toolName, output: { type: 'text', value: 'sunny' } };
      const answer = streamText({
        model: compatible(name),
        maxRetries: 0,
        tools: weather,
        messages: [{ role: 'user', content: 'weather' }, ...(await asked.response).messages, { role: 'tool', content: [result] }],
      });
      assert.equal(await answer.text, 'It is sunny in Oslo.');
    };

    checks[`openai-compatible at ${where}, ${name}: structured`] = async () => {
      const { output } = await generateText({ ...ask(structured(name), 'structured'), output: Output.object({ schema: place }) });
      assert.deepEqual(output, { city: 'Oslo' });
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

  async 'cloudflare: ai.run of a dynamic route'() {
    const elements = [
      { id: 's', type: 'start', outputs: { next: { elementId: 'm' } } },
      { id: 'm', type: 'model', properties: { provider: 'anthropic', model: 'claude-sonnet-4-5', timeout: 30000, retries: 0 }, outputs: { success: { elementId: 'e' } } },
      { id: 'e', type: 'end', outputs: {} },
    ];
    const route = await cloudflare.aiGateway.dynamicRouting.create('default', { account_id: ACCOUNT_ID, name: 'run', elements });
    const result = await cloudflare.ai.run('dynamic/run', { account_id: ACCOUNT_ID, messages: [{ role: 'user', content: 'hello' }] });
    assert.deepEqual([result.state, result.provider, result.model], ['Completed', 'anthropic', 'dynamic/run']);
    assert.equal(result.result.choices[0].message.content, 'Hi there, friend!');
    await cloudflare.aiGateway.dynamicRouting.delete(route.id, { account_id: ACCOUNT_ID, gateway_id: 'default' });
  },

  async 'a run in the background is answered before it is over'() {
    const answer = await fetch(inference('run'), {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}` },
      body: JSON.stringify({ model: 'openai/gpt-4o-mini', input: { messages: [{ role: 'user', content: 'hello' }] }, options: { background: true } }),
    });
    assert.deepEqual([answer.status, (await answer.json()).state], [202, 'Queued']);
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

// Cloudflare's provider for the AI SDK, changed in nothing: only its fetch goes to another host.
import assert from 'node:assert/strict';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { generateText, streamText } from 'ai';
import { AiGatewayDoesNotExist, AiGatewayUnauthorizedError, createAiGateway } from 'ai-gateway-provider';
import { createOpenAI as createStoredOpenAI } from 'ai-gateway-provider/providers/openai';
import { createUnified } from 'ai-gateway-provider/providers/unified';
import Cloudflare from 'cloudflare';
import { ACCOUNT_ID, failure, GATEWAY_URL, run, TOKEN } from './support.mjs';

const cloudflare = new Cloudflare({ apiToken: TOKEN, baseURL: `${GATEWAY_URL}/client/v4`, maxRetries: 0 });
const steps = [];
const send = globalThis.fetch;
globalThis.fetch = async (url, init) => {
  const response = await send(String(url).replace('https://gateway.ai.cloudflare.com', GATEWAY_URL), init);
  steps.push(response.headers.get('cf-aig-step'));
  return response;
};

const openai = createOpenAI({ apiKey: 'sk-provider-key' });
const anthropic = createAnthropic({ apiKey: 'sk-ant-provider-key' });
const gateway = (options = {}) => createAiGateway({ accountId: ACCOUNT_ID, gateway: 'default', apiKey: TOKEN, ...options });
const ask = (model, prompt = 'hello') => ({ model, prompt, maxRetries: 0 });

async function streamed(model) {
  const parts = [];
  for await (const part of streamText(ask(model)).textStream) parts.push(part);
  return parts;
}

await run({
  async 'one step: plain'() {
    const { text, usage } = await generateText(ask(gateway()(openai.chat('gpt-4o-mini'))));
    assert.equal(text, 'Hi there, friend!');
    assert.ok(usage.totalTokens > 0);
    assert.equal(steps.at(-1), '0');
  },

  async 'one step: the responses API'() {
    const { text } = await generateText(ask(gateway()(openai('gpt-4o-mini'))));
    assert.equal(text, 'Hi there, friend!');
  },

  async 'one step: streamed'() {
    const parts = await streamed(gateway()(anthropic('claude-sonnet-4-5')));
    assert.equal(parts.join(''), 'Hi there, friend!');
    assert.ok(parts.length > 1, 'one piece is no stream');
  },

  async 'fallback: plain, to another format'() {
    const { text } = await generateText(ask(gateway()([openai.chat('broken'), anthropic('claude-sonnet-4-5')])));
    assert.equal(text, 'Hi there, friend!');
    assert.equal(steps.at(-1), '1'); // by which the package has chosen how to read the answer
  },

  async 'fallback: streamed, with retries and metadata'() {
    const options = { metadata: { team: 'a', n: 1 }, retries: { maxAttempts: 2, retryDelayMs: 1, backoff: 'constant' }, collectLog: true };
    const parts = await streamed(gateway({ options })([anthropic('broken'), openai.chat('broken'), openai.chat('gpt-4o-mini')]));
    assert.equal(parts.join(''), 'Hi there, friend!');
    assert.ok(parts.length > 1, 'one piece is no stream');
    assert.equal(steps.at(-1), '2');
  },

  async 'every step fails: the last error'() {
    const error = await failure(generateText(ask(gateway()([anthropic('broken'), openai.chat('broken')]))));
    assert.equal(error.statusCode, 500);
    assert.match(error.message, /out of order/);
    assert.equal(steps.at(-1), '1');
  },

  async 'no such gateway'() {
    const error = await failure(generateText(ask(gateway({ gateway: 'nowhere' })(openai.chat('gpt-4o-mini')))));
    assert.ok(error instanceof AiGatewayDoesNotExist, String(error));
  },

  async 'a wrong token'() {
    const error = await failure(generateText(ask(gateway({ apiKey: 'wrong' })(openai.chat('gpt-4o-mini')))));
    assert.ok(error instanceof AiGatewayUnauthorizedError, String(error));
  },

  async 'no token at all'() {
    const error = await failure(generateText(ask(gateway({ apiKey: undefined })(openai.chat('gpt-4o-mini')))));
    assert.ok(error instanceof AiGatewayUnauthorizedError, String(error));
  },

  async 'a binding that is ours: options inside the steps'() {
    const answers = [];
    const binding = {
      async run(items, { signal } = {}) {
        const response = await send(`${GATEWAY_URL}/v1/${ACCOUNT_ID}/default`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'cf-aig-authorization': `Bearer ${TOKEN}` },
          body: JSON.stringify(items),
          signal,
        });
        answers.push(response.headers);
        return response;
      },
    };
    const bound = createAiGateway({ binding, options: { cacheTtl: 300, cacheKey: 'bound', eventId: 'event-17', metadata: { team: 'a' } } });
    for (const status of ['MISS', 'HIT']) {
      assert.equal((await generateText(ask(bound(openai.chat('gpt-4o-mini'))))).text, 'Hi there, friend!');
      assert.deepEqual([answers.at(-1).get('cf-aig-cache-status'), answers.at(-1).get('cf-aig-event-id')], [status, 'event-17']);
    }

    const log = await cloudflare.aiGateway.logs.get(answers[0].get('cf-aig-log-id'), { account_id: ACCOUNT_ID, gateway_id: 'default' });
    assert.deepEqual(log.metadata, { team: 'a' });
  },

  async 'one format for all providers: plain, streamed, to another format'() {
    const unified = createUnified({ apiKey: 'sk-provider-key' });
    for (const name of ['openai/gpt-4o-mini', 'anthropic/claude-sonnet-4-5']) {
      assert.equal((await generateText(ask(gateway()(unified(name))))).text, 'Hi there, friend!');
      const parts = await streamed(gateway()(unified(name)));
      assert.equal(parts.join(''), 'Hi there, friend!');
    }
  },

  async 'no key of its own: the stored one is used'() {
    const account = { account_id: ACCOUNT_ID };
    const settings = { cache_invalidate_on_update: false, cache_ttl: 0, collect_logs: true, rate_limiting_interval: 0, rate_limiting_limit: 0, rate_limiting_technique: 'fixed' };
    await cloudflare.aiGateway.create({ ...account, ...settings, id: 'stored' });
    await cloudflare.aiGateway.providerConfigs.create('stored', { ...account, provider_slug: 'openai', alias: 'default', default_config: true, secret: 'sk-stored-key' });
    const { text } = await generateText(ask(gateway({ gateway: 'stored' })(createStoredOpenAI().chat('gpt-4o-mini'))));
    assert.equal(text, 'Hi there, friend!');
    const logs = await cloudflare.aiGateway.logs.list('stored', account);
    assert.deepEqual([logs.result.length, logs.result[0].byok], [1, true]);
  },
});

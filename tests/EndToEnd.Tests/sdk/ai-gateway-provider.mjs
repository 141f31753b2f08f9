// Cloudflare's provider for the AI SDK, changed in nothing: only its fetch goes to another host.
import assert from 'node:assert/strict';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { generateText, streamText } from 'ai';
import { AiGatewayDoesNotExist, AiGatewayUnauthorizedError, createAiGateway } from 'ai-gateway-provider';
import { ACCOUNT_ID, failure, GATEWAY_URL, run, TOKEN } from './support.mjs';

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
});

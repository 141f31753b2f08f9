// A Worker in the real runtime, whose binding env.AI leads to the gateway.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import Cloudflare from 'cloudflare';
import workerd from 'workerd'; // A module of the older kind: its own default is one level down.
import { ACCOUNT_ID, GATEWAY_URL, run, TOKEN } from './support.mjs';

const cloudflare = new Cloudflare({ apiToken: TOKEN, baseURL: `${GATEWAY_URL}/client/v4`, maxRetries: 0 });
const hosted = '@cf/meta/llama-3.1-8b-instruct';
const chat = (content) => ({ messages: [{ role: 'user', content }] });
const step = (model, more = {}) => ({
  provider: 'openai',
  endpoint: 'chat/completions',
  headers: { authorization: 'Bearer sk-provider-key', 'content-type': 'application/json' },
  query: { model, ...chat('hello') },
  ...more,
});

// The binding names no account: a token of the account does.
const groups = [];
for await (const group of cloudflare.accounts.tokens.permissionGroups.list({ account_id: ACCOUNT_ID })) groups.push(group);
const token = await cloudflare.accounts.tokens.create({
  account_id: ACCOUNT_ID,
  name: 'worker',
  policies: [
    {
      effect: 'allow',
      permission_groups: groups.filter((group) => ['AI Gateway Write', 'AI Gateway Run'].includes(group.name)).map(({ id }) => ({ id })),
      resources: { [`com.cloudflare.api.account.${ACCOUNT_ID}`]: '*' },
    },
  ],
});

const directory = await mkdtemp(path.join(tmpdir(), 'worker-'));
await copyFile(fileURLToPath(new URL('worker/worker.mjs', import.meta.url)), path.join(directory, 'worker.mjs'));
await writeFile(
  path.join(directory, 'config.capnp'),
  `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "worker", worker = (
      modules = [(name = "worker", esModule = embed "worker.mjs")],
      compatibilityDate = "2026-04-01",
      bindings = [(name = "AI", wrapped = (
        moduleName = "cloudflare-internal:ai-api",
        innerBindings = [(name = "fetcher", service = "gateway")]))])),
    (name = "gateway", external = (
      address = ${JSON.stringify(new URL(GATEWAY_URL).host)},
      http = (injectRequestHeaders = [(name = "Authorization", value = ${JSON.stringify(`Bearer ${token.value}`)})]))),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "worker")]);
`,
);

const runtime = spawn(workerd.default, ['serve', path.join(directory, 'config.capnp'), '--control-fd=3'], { stdio: ['ignore', 'inherit', 'inherit', 'pipe'] });
const port = await new Promise((listening, failed) => {
  runtime.on('exit', (code) => failed(new Error(`workerd ended with ${code}`)));
  createInterface(runtime.stdio[3]).on('line', (line) => {
    const event = JSON.parse(line);
    if (event.event === 'listen' && event.socket === 'http') listening(event.port);
  });
});

const call = (name, body) => fetch(`http://127.0.0.1:${port}/${name}`, { method: 'POST', body: JSON.stringify(body) });
const ask = async (name, body) => (await call(name, body)).json();

async function eventsOf(response) {
  assert.equal(response.headers.get('content-type'), 'text/event-stream');
  const pieces = [];
  for await (const piece of response.body) pieces.push(Buffer.from(piece).toString());
  return pieces.join('').split('\n').filter((line) => line.startsWith('data: ')).map((line) => line.slice(6));
}

try {
  await run({
    async 'gateway().getUrl of a provider and of the gateway'() {
      assert.match((await ask('getUrl', { gateway: 'default', provider: 'openai' })).url, new RegExp(`/v1/${ACCOUNT_ID}/default/openai$`));
      assert.match((await ask('getUrl', { gateway: 'default' })).url, new RegExp(`/v1/${ACCOUNT_ID}/default/$`));
    },

    async 'run of a model of another vendor, whose log is read and rated'() {
      const { result, logId } = await ask('run', { model: 'openai/gpt-4o-mini', input: chat('hello'), options: { gateway: { id: 'default' } } });
      assert.equal(result.choices[0].message.content, 'Hi there, friend!');
      assert.match(logId, /^[0-9a-f-]{36}$/);

      const { log, isDate } = await ask('getLog', { gateway: 'default', id: logId });
      assert.ok(isDate, 'created_at is no date');
      assert.deepEqual([log.id, log.provider, log.model, log.success], [logId, 'openai', log.model, true]);
      assert.match(log.model, /gpt-4o-mini/);
      assert.equal(typeof log.metadata, 'object');

      assert.deepEqual(await ask('patchLog', { gateway: 'default', id: logId, change: { feedback: 1, score: 90, metadata: { reviewed: 'yes' } } }), { done: true });
      const rated = (await ask('getLog', { gateway: 'default', id: logId })).log;
      assert.deepEqual([rated.feedback, rated.score, rated.metadata.reviewed], [1, 90, 'yes']);
    },

    async 'a log that is not there'() {
      const id = '019a0000-0000-7000-8000-000000000000';
      for (const answer of [await ask('getLog', { gateway: 'default', id }), await ask('patchLog', { gateway: 'default', id, change: { feedback: 1 } })]) {
        assert.equal(answer.error.name, 'AiGatewayLogNotFound');
      }
    },

    async 'run, streamed'() {
      const response = await call('run', { model: 'openai/gpt-4o-mini', input: { ...chat('hello'), stream: true }, options: { gateway: { id: 'default' } } });
      assert.match(response.headers.get('x-log-id'), /^[0-9a-f-]{36}$/);
      const events = await eventsOf(response);
      assert.equal(events.at(-1), '[DONE]');
      const text = events.slice(0, -1).map((event) => JSON.parse(event).choices[0]?.delta?.content ?? '').join('');
      assert.equal(text, 'Hi there, friend!');
    },

    async 'run of a hosted model, without a gateway and through one, plain and streamed'() {
      for (const options of [undefined, { gateway: { id: 'default' } }]) {
        assert.equal((await ask('run', { model: hosted, input: { prompt: 'hello' }, options })).result.response, 'Hi from the hosted model!');
        const events = await eventsOf(await call('run', { model: hosted, input: { prompt: 'hello', stream: true }, options }));
        assert.equal(events.slice(0, -1).map((event) => JSON.parse(event).response).join(''), 'Hi from the hosted model!');
      }
    },

    async 'run of a model that nobody serves'() {
      const { error } = await ask('run', { model: 'nobody/x', input: chat('hello'), options: { gateway: { id: 'default' } } });
      assert.match(error.message, /^7003: /);
    },

    async 'gateway().run of one step and of several'() {
      const one = await call('gatewayRun', { gateway: 'default', steps: step('gpt-4o-mini') });
      assert.deepEqual([one.status, one.headers.get('cf-aig-step')], [200, '0']);
      assert.equal((await one.json()).choices[0].message.content, 'Hi there, friend!');

      const several = await call('gatewayRun', { gateway: 'default', steps: [step('broken'), step('gpt-4o-mini')] });
      assert.deepEqual([several.status, several.headers.get('cf-aig-step')], [200, '1']);
      assert.match(several.headers.get('cf-aig-log-id'), /^[0-9a-f-]{36}$/);

      const failed = await call('gatewayRun', { gateway: 'default', steps: [step('broken')] });
      assert.equal(failed.status, 500); // As it came: what to make of it is the Worker's to decide.
    },

    async 'gateway().run, streamed'() {
      const query = { model: 'gpt-4o-mini', ...chat('hello'), stream: true };
      const events = await eventsOf(await call('gatewayRun', { gateway: 'default', steps: [step('gpt-4o-mini', { query })] }));
      assert.equal(events.at(-1), '[DONE]');
    },

    async 'gateway().run with options'() {
      const send = (gateway) => call('gatewayRun', { gateway: 'default', steps: [step('gpt-4o-mini')], options: { gateway } });
      const cached = { cacheTtl: 300, cacheKey: 'worker', metadata: { team: 'red' }, retries: { maxAttempts: 2, retryDelayMs: 1, backoff: 'constant' }, requestTimeoutMs: 30000 };
      const first = await send(cached);
      assert.equal(first.headers.get('cf-aig-cache-status'), 'MISS');
      assert.deepEqual((await ask('getLog', { gateway: 'default', id: first.headers.get('cf-aig-log-id') })).log.metadata, { team: 'red' });
      assert.equal((await send(cached)).headers.get('cf-aig-cache-status'), 'HIT');
      assert.notEqual((await send({ ...cached, skipCache: true })).headers.get('cf-aig-cache-status'), 'HIT');

      const unlogged = await send({ collectLog: false, eventId: 'event-1' });
      assert.equal(unlogged.headers.get('cf-aig-event-id'), 'event-1');
      const missing = await ask('getLog', { gateway: 'default', id: unlogged.headers.get('cf-aig-request-id') });
      assert.equal(missing.error.name, 'AiGatewayLogNotFound');
    },

    async 'models'() {
      const { models } = await ask('models', { search: 'gpt-4o-mini' });
      assert.ok(models.some((model) => model.name === 'openai/gpt-4o-mini'), JSON.stringify(models.slice(0, 3)));
    },

    async 'a gateway that is not there'() {
      const answer = await ask('getUrl', { gateway: 'nowhere', provider: 'openai' });
      assert.equal(answer.error.name, 'AiGatewayInternalError');
      assert.equal((await call('gatewayRun', { gateway: 'nowhere', steps: step('gpt-4o-mini') })).status, 400);
    },
  });
} finally {
  runtime.removeAllListeners('exit');
  runtime.kill();
  await rm(directory, { recursive: true });
}

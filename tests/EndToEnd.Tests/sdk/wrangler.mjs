// Cloudflare's command line, pointed at the gateway by its environment.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { GATEWAY_URL, run, TOKEN } from './support.mjs';

// An account of its own: others have a store already.
const admin = (method, where, body) =>
  fetch(`${GATEWAY_URL}/client/v4/${where}`, { method, headers: { authorization: `Bearer ${TOKEN}` }, body: body && JSON.stringify(body) }).then((answer) => answer.json());
const account = (await admin('POST', 'accounts', { name: 'wrangler' })).result.id;

const home = await mkdtemp(path.join(tmpdir(), 'wrangler-'));
const program = fileURLToPath(new URL('node_modules/wrangler/bin/wrangler.js', import.meta.url));

const wrangler = (args, environment = {}) =>
  new Promise((resolve) => {
    const env = {
      PATH: process.env.PATH,
      HOME: home,
      CI: 'true',
      NO_COLOR: '1',
      WRANGLER_SEND_METRICS: 'false',
      WRANGLER_HIDE_BANNER: 'true',
      CLOUDFLARE_API_BASE_URL: `${GATEWAY_URL}/client/v4`,
      CLOUDFLARE_API_TOKEN: TOKEN,
      CLOUDFLARE_ACCOUNT_ID: account,
      ...environment,
    };
    execFile(process.execPath, [program, ...args], { cwd: home, env }, (error, stdout, stderr) => resolve({ code: error?.code ?? 0, text: stdout + stderr }));
  });

async function done(...args) {
  const { code, text } = await wrangler(args);
  assert.equal(code, 0, text);
  return text;
}

async function refused(expected, ...args) {
  const { code, text } = await wrangler(args);
  assert.notEqual(code, 0, text);
  assert.match(text, expected);
}

let store;
let secret;

try {
  await run({
    async 'whoami'() {
      assert.match(await done('whoami'), new RegExp(account));
    },

    async 'secrets-store store: create, list, and no second one'() {
      store = (await done('secrets-store', 'store', 'create', 'keys', '--remote')).match(/ID: ([0-9a-f]{32})/)?.[1];
      assert.ok(store);
      assert.match(await done('secrets-store', 'store', 'list', '--remote'), new RegExp(`keys[\\s\\S]*${store}`));
      await refused(/maximum_stores_exceeded \[code: 1003\]/, 'secrets-store', 'store', 'create', 'more', '--remote');
    },

    async 'secrets-store secret: create, list, get, update, duplicate, delete'() {
      const secrets = (command, ...more) => done('secrets-store', 'secret', command, store, '--remote', ...more);
      secret = (await secrets('create', '--name', 'openai', '--value', 'sk-1', '--scopes', 'ai_gateway')).match(/ID: ([0-9a-f]{32})/)?.[1];
      assert.ok(secret);
      assert.match(await secrets('list'), new RegExp(`openai[\\s\\S]*${secret}[\\s\\S]*active`));
      assert.match(await secrets('get', '--secret-id', secret), /openai/);
      await secrets('update', '--secret-id', secret, '--value', 'sk-2', '--scopes', 'ai_gateway,workers', '--comment', 'rotated');
      assert.match(await secrets('get', '--secret-id', secret), /rotated[\s\S]*ai_gateway, workers/);
      await refused(/\[code: 1003\]/, 'secrets-store', 'secret', 'create', store, '--remote', '--name', 'openai', '--value', 'x', '--scopes', 'ai_gateway');
      await secrets('duplicate', '--secret-id', secret, '--name', 'copy', '--scopes', 'ai_gateway');
      assert.match(await secrets('list'), /copy/);
      await refused(/store_not_empty/, 'secrets-store', 'store', 'delete', store, '--remote');
      const listed = await admin('GET', `accounts/${account}/secrets_store/stores/${store}/secrets`);
      for (const { id } of listed.result) await secrets('delete', '--secret-id', id);
      await done('secrets-store', 'store', 'delete', store, '--remote');
    },

    async 'ai models'() {
      assert.match(await done('ai', 'models', '--json'), /openai\/gpt-4o-mini/);
    },

    async 'a token that is none'() {
      const { code, text } = await wrangler(['secrets-store', 'store', 'list', '--remote'], { CLOUDFLARE_API_TOKEN: 'wrong' });
      assert.notEqual(code, 0);
      assert.match(text, /\[code: 10000\]/);
    },
  });
} finally {
  await rm(home, { recursive: true });
}

// Drives the Secrets Store and provider configs with the official client, and with the calls that wrangler makes.
// Reads GATEWAY_URL, ACCOUNT_ID and TOKEN (the operator's); exits with 1 and says what failed.
import assert from 'node:assert/strict';
import Cloudflare from 'cloudflare';
import { GATEWAY_URL, TOKEN, failure, run } from './support.mjs';

const client = new Cloudflare({ apiToken: TOKEN, baseURL: `${GATEWAY_URL}/client/v4`, maxRetries: 0 });
const { id: account_id } = await client.accounts.create({ name: 'secrets' });
const { stores } = client.secretsStore;
const all = async (page) => {
  const items = [];
  for await (const item of page) items.push(item);
  return items;
};
const fails = async (promise, type, code, message) => {
  const error = await failure(promise);
  assert.ok(error instanceof type, `expected ${type.name}, got ${error}`);
  assert.equal(error.errors[0].code, code);
  if (message) assert.equal(error.errors[0].message, message);
};
let store, secret;

/** A call as wrangler makes it: JSON sent as text, judged by `success` alone. */
async function wrangler(method, path, body) {
  const response = await fetch(`${GATEWAY_URL}/client/v4/accounts/${account_id}/secrets_store/${path}`, {
    method,
    headers: { Authorization: `Bearer ${TOKEN}`, 'User-Agent': 'wrangler/4.0.0' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return response.json();
}

await run({
  async 'stores: create, list, get'() {
    store = await stores.create({ account_id, name: 'default_secrets_store' });
    assert.match(store.id, /^[0-9a-f]{32}$/);
    assert.ok(!Number.isNaN(Date.parse(store.created)) && !Number.isNaN(Date.parse(store.modified)));
    await fails(stores.create({ account_id, name: 'second' }), Cloudflare.BadRequestError, 1003, 'maximum_stores_exceeded');
    assert.deepEqual((await all(stores.list({ account_id, order: 'name', direction: 'asc' }))).map((one) => one.id), [store.id]);
    assert.equal((await stores.get(store.id, { account_id })).name, 'default_secrets_store');
    await fails(stores.get('0'.repeat(32), { account_id }), Cloudflare.NotFoundError, 1001, 'store_not_found');
  },

  async 'secrets: create, get, list, edit, duplicate'() {
    const made = await all(
      stores.secrets.create(store.id, {
        account_id,
        body: [
          { name: 'A', value: 'value-of-a-0123', scopes: ['workers', 'ai_gateway'], comment: 'first' },
          { name: 'B', value: 'value-of-b-0123', scopes: ['workers'] },
        ],
      }),
    );
    assert.deepEqual(made.map((one) => [one.name, one.status, one.comment]), [['A', 'active', 'first'], ['B', 'active', undefined]]);
    [secret] = made;
    assert.deepEqual(await stores.secrets.get(secret.id, { account_id, store_id: store.id }), secret);
    assert.ok(!JSON.stringify(made).includes('value-of'));
    const list = (query) => all(stores.secrets.list(store.id, { account_id, per_page: 1, order: 'name', direction: 'asc', ...query }));
    assert.deepEqual((await list({})).map((one) => one.name), ['A', 'B']);
    assert.deepEqual((await list({ search: 'FIRST' })).map((one) => one.name), ['A']);
    assert.deepEqual((await list({ scopes: ['ai_gateway'] })).map((one) => one.name), ['A']);
    const edited = await stores.secrets.edit(secret.id, { account_id, store_id: store.id, value: 'another-value-0123', comment: 'changed' });
    assert.deepEqual([edited.id, edited.comment, edited.scopes], [secret.id, 'changed', ['workers', 'ai_gateway']]);
    const copy = await stores.secrets.duplicate(secret.id, { account_id, store_id: store.id, name: 'C', scopes: ['access'] });
    assert.deepEqual([copy.name, copy.scopes], ['C', ['access']]);
    assert.deepEqual((await client.secretsStore.quota.get({ account_id })).secrets, { quota: 100, usage: 3 });
  },

  async 'secrets: delete, bulk delete'() {
    const [b, c] = await Promise.all(
      ['B', 'C'].map(async (name) => (await all(stores.secrets.list(store.id, { account_id, search: name }))).find((one) => one.name === name)),
    );
    assert.equal(await stores.secrets.delete(b.id, { account_id, store_id: store.id }), null);
    await fails(stores.secrets.get(b.id, { account_id, store_id: store.id }), Cloudflare.NotFoundError, 1001, 'secret_not_found');
    await fails(stores.secrets.bulkDelete(store.id, { account_id }), Cloudflare.BadRequestError, 1001, 'invalid_json_body');
    const path = `/accounts/${account_id}/secrets_store/stores/${store.id}/secrets`;
    assert.equal((await client.delete(path, { body: { ids: [c.id] } })).result, null);
    assert.equal((await client.secretsStore.quota.get({ account_id })).secrets.usage, 1);
  },

  async 'provider configs: create, list'() {
    const gateway = { cache_invalidate_on_update: true, cache_ttl: 0, collect_logs: true, rate_limiting_interval: 0, rate_limiting_limit: 0 };
    await client.aiGateway.create({ account_id, id: 'keys', ...gateway });
    const { providerConfigs } = client.aiGateway;
    const made = await providerConfigs.create('keys', {
      account_id, provider_slug: 'openai', alias: 'main', default_config: true, secret: 'sk-0123456789abcdef', rate_limit: 10, rate_limit_period: 60,
    });
    assert.deepEqual([made.secret_preview, made.gateway_id, made.rate_limit], ['sk-0****cdef', 'keys', 10]);
    const named = await providerConfigs.create('keys', {
      account_id, provider_slug: 'anthropic', alias: 'main', default_config: false, secret: 'sk-ant-of-the-client', secret_id: secret.id,
    });
    assert.equal(named.secret_id, secret.id);
    await fails(
      providerConfigs.create('keys', { account_id, provider_slug: 'openai', alias: 'main', default_config: true, secret: 'x', secret_id: secret.id }),
      Cloudflare.BadRequestError, 7001,
    );
    const listed = await all(providerConfigs.list('keys', { account_id, per_page: 1 }));
    assert.deepEqual(listed.map((one) => one.id), [made.id, named.id]);
    assert.ok(!JSON.stringify([made, named, listed]).includes('sk-0123456789abcdef'));
  },

  async 'wrangler: every secrets-store command'() {
    const listed = await wrangler('GET', 'stores?per_page=10&page=1');
    assert.deepEqual([listed.success, listed.result[0].account_id], [true, account_id]);
    const made = await wrangler('POST', `stores/${store.id}/secrets`, [{ name: 'W', value: 'v', scopes: ['workers'], comment: '' }]);
    const { id } = made.result[0];
    assert.equal(made.result[0].scopes.join(), 'workers');
    assert.equal((await wrangler('GET', `stores/${store.id}/secrets?per_page=10&page=1`)).success, true);
    assert.equal((await wrangler('GET', `stores/${store.id}/secrets?search=W`)).result.some((one) => one.name === 'W'), true);
    assert.equal((await wrangler('GET', `stores/${store.id}/secrets/${id}`)).result.name, 'W');
    assert.equal((await wrangler('PATCH', `stores/${store.id}/secrets/${id}`, { comment: 'c' })).result.comment, 'c');
    const copy = await wrangler('POST', `stores/${store.id}/secrets/${id}/duplicate`, { name: 'V', scopes: ['workers'], comment: '' });
    assert.equal(copy.result.name, 'V');
    assert.deepEqual((await wrangler('DELETE', `stores/${store.id}/secrets/${id}`)), { success: true, errors: [], messages: [], result: null });
    const refused = await wrangler('POST', 'stores', { name: 'again' });
    assert.deepEqual([refused.success, refused.errors[0].code], [false, 1003]);
  },

  async 'stores: delete with and without force'() {
    await fails(stores.delete(store.id, { account_id }), Cloudflare.ConflictError, 1003, 'store_not_empty');
    assert.equal(await stores.delete(store.id, { account_id, force: true }), null);
    await client.accounts.delete({ account_id });
  },
});

// Drives the admin API with the official client, changed in nothing but its base URL.
// Reads GATEWAY_URL, ACCOUNT_ID and TOKEN (the operator's); exits with 1 and says what failed.
import assert from 'node:assert/strict';
import Cloudflare from 'cloudflare';

const { GATEWAY_URL, ACCOUNT_ID: account_id, TOKEN } = process.env;
const connect = (apiToken) =>
  new Cloudflare({ apiToken, baseURL: `${GATEWAY_URL}/client/v4`, maxRetries: 0 });
const client = connect(TOKEN);

const required = {
  cache_invalidate_on_update: true,
  cache_ttl: 0,
  collect_logs: true,
  rate_limiting_interval: 0,
  rate_limiting_limit: null,
};

async function fails(promise, type, code) {
  const error = await promise.then(
    () => assert.fail(`expected ${type.name}`),
    (reason) => reason,
  );
  assert.ok(error instanceof type, `expected ${type.name}, got ${error}`);
  assert.equal(error.errors[0].code, code);
}

async function all(page) {
  const items = [];
  for await (const item of page) items.push(item);
  return items;
}

const checks = {
  async 'accounts: list, get, create, update, delete'() {
    assert.ok((await all(client.accounts.list())).some((account) => account.id === account_id));
    assert.equal((await client.accounts.get({ account_id })).id, account_id);
    const made = await client.accounts.create({ name: 'sdk account' });
    assert.match(made.id, /^[0-9a-f]{32}$/);
    const renamed = await client.accounts.update({
      account_id: made.id,
      id: made.id,
      name: 'renamed',
      type: 'standard',
    });
    assert.equal(renamed.name, 'renamed');
    assert.equal((await client.accounts.delete({ account_id: made.id })).id, made.id);
    await fails(client.accounts.get({ account_id: made.id }), Cloudflare.NotFoundError, 7003);
  },

  async 'tokens: create, verify, list, update, roll, delete'() {
    const groups = await all(client.accounts.tokens.permissionGroups.list({ account_id }));
    const read = groups.find((group) => group.name === 'AI Gateway Read');
    const policies = [
      {
        effect: 'allow',
        permission_groups: [{ id: read.id }],
        resources: { [`com.cloudflare.api.account.${account_id}`]: '*' },
      },
    ];
    const token = await client.accounts.tokens.create({ account_id, name: 'sdk token', policies });
    const own = connect(token.value);
    assert.deepEqual(await own.accounts.tokens.verify({ account_id }), { id: token.id, status: 'active' });
    assert.equal((await own.user.tokens.verify()).status, 'active');
    assert.deepEqual(
      (await all(own.accounts.list())).map((account) => account.id),
      [account_id],
    );
    await fails(
      own.aiGateway.create({ account_id, id: 'not-allowed', ...required }),
      Cloudflare.PermissionDeniedError,
      10000,
    );
    assert.ok((await all(client.accounts.tokens.list({ account_id }))).some((item) => item.id === token.id));
    assert.equal((await client.accounts.tokens.get(token.id, { account_id })).value, undefined);

    const value = await client.accounts.tokens.value.update(token.id, { account_id });
    assert.equal((await connect(value).accounts.tokens.verify({ account_id })).id, token.id);

    const disabled = await client.accounts.tokens.update(token.id, {
      account_id,
      name: 'off',
      policies,
      status: 'disabled',
    });
    assert.equal(disabled.status, 'disabled');
    assert.equal((await client.accounts.tokens.delete(token.id, { account_id })).id, token.id);
    await fails(client.accounts.tokens.get(token.id, { account_id }), Cloudflare.NotFoundError, 7002);
  },

  async 'gateways: create, get, list, update, url, delete'() {
    const id = 'sdk-gateway';
    const body = {
      account_id,
      ...required,
      rate_limiting_technique: 'sliding',
      retry_delay: 60000,
      spend_limits: { enabled: true, rules: [{ limit: 5, limitType: 'cost', window: 3600 }] },
      guardrails: { prompt: { P1: 'BLOCK' }, response: { S1: 'FLAG' } },
    };
    const made = await client.aiGateway.create({ ...body, id });
    assert.equal(made.cache_ttl, 0);
    assert.equal(made.rate_limiting_limit, null);
    assert.ok(!Number.isNaN(Date.parse(made.created_at)));
    assert.ok(!('authentication' in made));
    await fails(client.aiGateway.create({ ...body, id }), Cloudflare.BadRequestError, 7001);
    assert.deepEqual(await client.aiGateway.get(id, { account_id }), made);
    assert.equal((await all(client.aiGateway.list({ account_id }))).filter((item) => item.id === id).length, 1);
    const page = await client.aiGateway.list({ account_id, search: 'sdk-gate', per_page: 5 });
    assert.equal(page.result_info.total_count, 1);

    const updated = await client.aiGateway.update(id, { ...body, cache_ttl: 60 });
    assert.equal(updated.cache_ttl, 60);
    assert.deepEqual(updated.spend_limits, made.spend_limits);
    await fails(
      client.aiGateway.update(id, { account_id, cache_ttl: 1 }),
      Cloudflare.BadRequestError,
      7001,
    );
    assert.equal(
      await client.aiGateway.urls.get('openai', { account_id, gateway_id: id }),
      `${GATEWAY_URL}/v1/${account_id}/${id}/openai`,
    );
    assert.equal((await client.aiGateway.delete(id, { account_id })).id, id);
    await fails(client.aiGateway.delete(id, { account_id }), Cloudflare.NotFoundError, 7002);
  },

  async 'logs: list, filter, get, edit, bodies, delete'() {
    const id = 'sdk-logs';
    await client.aiGateway.create({ account_id, id, ...required });
    const sent = { model: 'simulator', messages: [{ role: 'user', content: 'hi' }] };
    const call = await fetch(`${GATEWAY_URL}/v1/${account_id}/${id}/simulator/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'cf-aig-authorization': `Bearer ${TOKEN}` },
      body: JSON.stringify(sent),
    });
    const answer = await call.text();
    const log = call.headers.get('cf-aig-log-id');
    assert.ok(log, `no log id: ${call.status} ${answer}`);

    const edited = await client.aiGateway.logs.edit(log, {
      account_id,
      gateway_id: id,
      feedback: 1,
      score: 90,
      metadata: { a: 'b' },
    });
    assert.deepEqual(edited, {});
    const got = await client.aiGateway.logs.get(log, { account_id, gateway_id: id });
    assert.equal(got.feedback, 1);
    assert.equal(got.score, 90);
    assert.equal(got.status_code, call.status);
    assert.equal(got.request_head, JSON.stringify(sent));
    assert.deepEqual(await client.aiGateway.logs.request(log, { account_id, gateway_id: id }), sent);
    assert.ok(await client.aiGateway.logs.response(log, { account_id, gateway_id: id }));

    const filters = [
      { key: 'success', operator: 'eq', value: [call.ok] },
      { key: 'provider', operator: 'eq', value: ['simulator', 'openai'] },
    ];
    const found = await all(client.aiGateway.logs.list(id, { account_id, filters }));
    assert.deepEqual(found.map((item) => item.id), [log]);
    const none = await all(
      client.aiGateway.logs.list(id, {
        account_id,
        filters: [...filters, { key: 'model', operator: 'contains', value: ['nothing'] }],
      }),
    );
    assert.deepEqual(none, []);
    const page = await client.aiGateway.logs.list(id, { account_id, meta_info: true });
    assert.ok('min_cost' in page.result_info && 'max_total_tokens' in page.result_info);
    await fails(client.aiGateway.logs.list(id, { account_id, per_page: 100 }), Cloudflare.BadRequestError, 7001);
    await fails(
      client.aiGateway.logs.get('00000000-0000-7000-8000-000000000000', { account_id, gateway_id: id }),
      Cloudflare.NotFoundError,
      7002,
    );
    assert.deepEqual(await client.aiGateway.logs.delete(id, { account_id, filters, limit: 10 }), { success: true });
    assert.deepEqual(await all(client.aiGateway.logs.list(id, { account_id })), []);
    await client.aiGateway.delete(id, { account_id });
  },

  async 'custom providers: create, get, list, delete, and their costs'() {
    const body = { account_id, name: 'Sdk models', slug: 'sdk-models', base_url: 'https://models.neon.tech/v1' };
    const made = await client.aiGateway.customProviders.create({
      ...body,
      enable: true,
      beta: true,
      description: 'of the test',
      headers: JSON.stringify({ 'x-team': 'a' }),
      position: 2,
    });
    assert.match(made.id, /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
    assert.deepEqual(
      [made.name, made.slug, made.base_url, made.enable, made.beta, made.position, JSON.parse(made.headers)['x-team']],
      ['Sdk models', 'sdk-models', 'https://models.neon.tech/v1', true, true, 2, 'a'],
    );
    assert.ok(!Number.isNaN(Date.parse(made.created_at)));
    await fails(client.aiGateway.customProviders.create(body), Cloudflare.BadRequestError, 7001);
    await fails(
      client.aiGateway.customProviders.create({ ...body, slug: 'inside', base_url: 'https://169.254.169.254/' }),
      Cloudflare.BadRequestError,
      7001,
    );
    assert.deepEqual(await client.aiGateway.customProviders.get(made.id, { account_id }), made);
    assert.deepEqual(await all(client.aiGateway.customProviders.list({ account_id, search: 'sdk-mod', enable: true })), [made]);
    assert.deepEqual(await all(client.aiGateway.customProviders.list({ account_id, beta: false })), []);

    // What the SDK has no method for goes through its plain calls.
    const path = `/accounts/${account_id}/ai-gateway/custom-providers`;
    const patched = await client.patch(`${path}/${made.id}`, { body: { enable: false } });
    assert.equal(patched.result.enable, false);
    const rule = await client.post(`${path}/costs`, {
      body: { account_provider_id: made.id, model: 'llama', model_rule: 'starts-with', cost_in: 0.000001, token_pricing: { output_tokens: 0.000002 } },
    });
    assert.equal(rule.result.weight, 2);
    assert.deepEqual(JSON.parse(rule.result.token_pricing), { output_tokens: 0.000002 });
    assert.equal((await client.get(`${path}/costs`)).result_info.total_count, 1);

    const call = await fetch(`${GATEWAY_URL}/v1/${account_id}/default/custom-sdk-models/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'cf-aig-authorization': `Bearer ${TOKEN}` },
      body: '{}',
    });
    assert.deepEqual([call.status, (await call.json()).error[0].code], [400, 2008]); // disabled

    assert.equal((await client.aiGateway.customProviders.delete(made.id, { account_id })).id, made.id);
    await fails(client.aiGateway.customProviders.get(made.id, { account_id }), Cloudflare.NotFoundError, 7002);
    assert.equal((await client.get(`${path}/costs`)).result_info.total_count, 0);
  },

  async 'logpush jobs: create, list, get, update, delete'() {
    const destination_conf = 'https://logs.example.com/in?header_Authorization=Bearer%20abc';
    const filter = JSON.stringify({ where: { and: [{ key: 'StatusCode', operator: 'geq', value: 400 }] } });
    const output_options = { output_type: 'csv', field_names: ['Model', 'StatusCode'], sample_rate: 0.5, 'CVE-2021-44228': true };
    const made = await client.logpush.jobs.create({ account_id, dataset: 'ai_gateway_events', destination_conf, enabled: true, name: 'sdk', filter, output_options });
    assert.equal(made.filter, filter);
    assert.deepEqual(made.output_options, { field_names: ['Model', 'StatusCode'], output_type: 'csv', sample_rate: 0.5, 'CVE-2021-44228': true });
    assert.deepEqual([made.dataset, made.enabled, made.name, made.last_complete], ['ai_gateway_events', true, 'sdk', null]);
    assert.ok(!made.destination_conf.includes('abc'));
    assert.ok((await all(client.logpush.jobs.list({ account_id }))).some((job) => job.id === made.id));
    assert.equal((await client.logpush.jobs.get(made.id, { account_id })).name, 'sdk');
    const changed = await client.logpush.jobs.update(made.id, { account_id, enabled: false, destination_conf: made.destination_conf });
    assert.deepEqual([changed.enabled, changed.name], [false, 'sdk']);
    assert.equal((await client.logpush.jobs.delete(made.id, { account_id })).id, made.id);
    await fails(client.logpush.jobs.get(made.id, { account_id }), Cloudflare.NotFoundError, 7002);
    await fails(client.logpush.jobs.create({ account_id, dataset: 'http_requests', destination_conf }), Cloudflare.BadRequestError, 7001);
  },

  async 'authentication failures'() {
    await fails(connect('invalid').accounts.list(), Cloudflare.AuthenticationError, 10000);
    await fails(connect('invalid').user.tokens.verify(), Cloudflare.AuthenticationError, 1000);
    const bare = await fetch(`${GATEWAY_URL}/client/v4/accounts`);
    assert.equal(bare.status, 400);
    assert.equal((await bare.json()).errors[0].code, 9106);
  },
};

let failed = 0;
for (const [name, check] of Object.entries(checks)) {
  try {
    await check();
    console.log(`ok ${name}`);
  } catch (error) {
    failed++;
    console.error(`FAILED ${name}: ${error.stack}`);
  }
}

process.exitCode = failed === 0 ? 0 : 1;

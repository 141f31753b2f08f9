// Drives dynamic routes with the official clients: the admin API by `cloudflare`, calls by `openai`.
import assert from 'node:assert/strict';
import Cloudflare from 'cloudflare';
import OpenAI from 'openai';
import { ACCOUNT_ID as account_id, failure, GATEWAY_URL, run, TOKEN } from './support.mjs';

const client = new Cloudflare({ apiToken: TOKEN, baseURL: `${GATEWAY_URL}/client/v4`, maxRetries: 0 });
const routing = client.aiGateway.dynamicRouting;
const gateway_id = 'sdk-routes';
const at = { account_id, gateway_id };
const openai = new OpenAI({
  apiKey: 'sk-provider-key',
  baseURL: `${GATEWAY_URL}/v1/${account_id}/${gateway_id}/compat`,
  defaultHeaders: { 'cf-aig-authorization': `Bearer ${TOKEN}` },
  maxRetries: 0,
});

const to = (elementId) => ({ elementId });
const elements = (provider, model) => [
  { id: 'start', type: 'start', outputs: { next: to('model') } },
  {
    id: 'model',
    type: 'model',
    properties: { provider, model, timeout: 30000, retries: 0 },
    outputs: { success: to('end'), fallback: to('end') },
  },
  { id: 'end', type: 'end', outputs: {} },
];
const call = async (route) => {
  const { data, response } = await openai.chat.completions
    .create({ model: `dynamic/${route}`, messages: [{ role: 'user', content: 'hello' }] })
    .withResponse();
  assert.equal(data.choices[0].message.content, 'Hi there, friend!');
  return `${response.headers.get('cf-aig-provider')}/${response.headers.get('cf-aig-model')}`;
};

await client.aiGateway.create({
  account_id,
  id: gateway_id,
  cache_invalidate_on_update: true,
  cache_ttl: 0,
  collect_logs: true,
  rate_limiting_interval: 0,
  rate_limiting_limit: null,
});

let route;
await run({
  async 'create: deployed at once'() {
    route = await routing.create(gateway_id, { account_id, name: 'support', elements: elements('openai', 'gpt-4o-mini') });
    assert.equal(route.deployment.version_id, route.version.version_id);
    assert.equal(route.version.active, 'true');
    assert.equal(route.version.is_valid, true);
    assert.deepEqual(JSON.parse(route.version.data), route.elements);
    assert.deepEqual(route.elements, elements('openai', 'gpt-4o-mini'));
    assert.equal(await call('support'), 'openai/gpt-4o-mini');
  },

  async 'list: the whole body'() {
    const body = await routing.list(gateway_id, { account_id });
    assert.equal(body.success, true);
    assert.equal(body.data.routes.length, 1);
    assert.equal(body.data.routes[0].account_tag, account_id);
    assert.equal(body.data.page, 1);
  },

  async 'get: elements, deployment, version'() {
    const got = await routing.get(route.id, at);
    assert.deepEqual(got, route);
  },

  async 'update: a new name holds for the next call'() {
    const body = await routing.update(route.id, { ...at, name: 'help' });
    assert.equal(body.route.name, 'help');
    assert.equal(await call('help'), 'openai/gpt-4o-mini');
    const gone = await failure(call('support'));
    assert.equal(gone.status, 400);
  },

  async 'versions: not live until deployed, and back'() {
    const made = await routing.createVersion(route.id, { ...at, elements: elements('anthropic', 'claude-sonnet-4-5') });
    assert.equal(made.elements[1].properties.provider, 'anthropic');
    assert.equal(await call('help'), 'openai/gpt-4o-mini');

    const versions = (await routing.listVersions(route.id, at)).data.versions;
    assert.deepEqual(
      versions.map((version) => version.active),
      ['false', 'true'],
    );
    await routing.createDeployment(route.id, { ...at, version_id: versions[0].version_id });
    assert.equal((await routing.get(route.id, at)).deployment.version_id, versions[0].version_id);
    assert.equal(await call('help'), 'anthropic/claude-sonnet-4-5');

    await routing.createDeployment(route.id, { ...at, version_id: versions[1].version_id });
    assert.equal(await call('help'), 'openai/gpt-4o-mini');
    const deployments = (await routing.listDeployments(route.id, at)).data.deployments;
    assert.deepEqual(
      deployments.map((deployment) => deployment.version_id),
      [versions[1].version_id, versions[0].version_id, versions[1].version_id],
    );
  },

  async 'getVersion: data and elements'() {
    const version = await routing.getVersion(route.version.version_id, { ...at, id: route.id });
    assert.equal(version.id, route.id);
    assert.equal(typeof version.data, 'string');
    assert.deepEqual(JSON.parse(version.data), version.elements);
  },

  async 'mistakes: every one, with its field'() {
    const error = await failure(routing.create(gateway_id, { account_id, name: 'broken', elements: [{ id: 'a', type: 'start', outputs: {} }] }));
    assert.ok(error instanceof Cloudflare.BadRequestError);
    assert.equal(error.errors[0].code, 7001);
    assert.deepEqual(error.errors[0].path, ['body', 'elements', '0', 'outputs', 'next']);
    const twice = await failure(routing.create(gateway_id, { account_id, name: 'help', elements: elements('openai', 'm') }));
    assert.ok(twice instanceof Cloudflare.BadRequestError);
    assert.equal(twice.errors[0].code, 7005);
  },

  async 'explain: which way, without a call'() {
    const path = `/accounts/${account_id}/ai-gateway/gateways/${gateway_id}/routes/${route.id}/explain`;
    const { result } = await client.post(path, { body: { metadata: { plan: 'paid' } } });
    assert.equal(`${result.provider}/${result.model}`, 'openai/gpt-4o-mini');
    assert.deepEqual(
      result.path.map((element) => element.element_id),
      ['start', 'model', 'end'],
    );
  },

  async 'delete: the route, once'() {
    assert.equal((await routing.delete(route.id, at)).id, route.id);
    const gone = await failure(routing.get(route.id, at));
    assert.ok(gone instanceof Cloudflare.NotFoundError);
    assert.equal(gone.errors[0].code, 7005);
    assert.equal((await failure(call('help'))).status, 400);
    await client.aiGateway.delete(gateway_id, { account_id });
  },
});

// Drives logs, datasets and evaluations with the official client, every method of each.
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import Cloudflare from 'cloudflare';
import { ACCOUNT_ID as account_id, GATEWAY_URL, run, TOKEN } from './support.mjs';

const client = new Cloudflare({ apiToken: TOKEN, baseURL: `${GATEWAY_URL}/client/v4`, maxRetries: 0 });
const { datasets, evaluations, evaluationTypes, logs } = client.aiGateway;
const gateway_id = 'sdk-datasets';
const at = { account_id, gateway_id };
const model = (name) => ({ key: 'model', operator: 'eq', value: [name] });

async function all(page) {
  const items = [];
  for await (const item of page) items.push(item);
  return items;
}

async function fails(promise, type, code) {
  const error = await promise.then(
    () => assert.fail(`expected ${type.name}`),
    (reason) => reason,
  );
  assert.ok(error instanceof type, `expected ${type.name}, got ${error}`);
  assert.equal(error.errors[0].code, code);
}

async function call(name) {
  const response = await fetch(`${GATEWAY_URL}/v1/${account_id}/${gateway_id}/simulator/chat/completions`, {
    method: 'POST',
    headers: {
      'cf-aig-authorization': `Bearer ${TOKEN}`,
      'content-type': 'application/json',
      'cf-aig-custom-cost': JSON.stringify({ per_token_in: 0.125, per_token_out: 0 }),
      'cf-aig-metadata': JSON.stringify({ team: 'a' }),
    },
    body: JSON.stringify({ model: name, messages: [{ role: 'user', content: 'Hello' }] }),
  });
  assert.equal(response.status, 200);
  await response.arrayBuffer();
  return response.headers.get('cf-aig-log-id');
}

await client.aiGateway.create({
  account_id,
  id: gateway_id,
  cache_invalidate_on_update: true,
  cache_ttl: 0,
  collect_logs: true,
  rate_limiting_interval: 0,
  rate_limiting_limit: null,
});
const ids = [];
for (let number = 0; number < 5; number++) ids.push(await call('simulator'));

let dataset, types;
await run({
  async 'logs: list to the end, get, edit, bodies'() {
    const listed = await all(logs.list(gateway_id, { account_id, per_page: 2 }));
    assert.deepEqual(listed.map((log) => log.id), [...ids].reverse());
    const filtered = await all(
      logs.list(gateway_id, {
        account_id,
        filters: [
          { key: 'model', operator: 'contains', value: ['SIMU', 'gpt'] },
          { key: 'success', operator: 'eq', value: [true] },
        ],
      }),
    );
    assert.equal(filtered.length, 5);
    assert.deepEqual(await logs.edit(ids[0], { ...at, feedback: 1, score: 90, metadata: { stage: 'done' } }), {});
    assert.deepEqual(await logs.edit(ids[1], { ...at, feedback: -1 }), {});
    const log = await logs.get(ids[0], at);
    assert.equal(log.feedback, 1);
    assert.equal(log.score, 90);
    assert.deepEqual(log.metadata, { team: 'a', stage: 'done' });
    assert.deepEqual(await logs.edit(ids[0], { ...at, metadata: { stage: null } }), {});
    assert.deepEqual((await logs.get(ids[0], at)).metadata, { team: 'a' });
    assert.equal((await logs.request(ids[0], at)).model, 'simulator');
    assert.equal((await logs.response(ids[0], at)).object, 'chat.completion');
    await fails(logs.get('01a00000-0000-7000-8000-000000000000', at), Cloudflare.NotFoundError, 7002);
    await fails(logs.edit(ids[0], { ...at, score: 101 }), Cloudflare.BadRequestError, 7001);
  },

  async 'datasets: create, get, list to the end, update'() {
    dataset = await datasets.create(gateway_id, { account_id, name: 'all', enable: true, filters: [] });
    assert.ok(!Number.isNaN(Date.parse(dataset.created_at)));
    assert.equal(dataset.gateway_id, gateway_id);
    assert.deepEqual(await datasets.get(dataset.id, at), dataset);
    const more = await datasets.create(gateway_id, { account_id, name: 'none', enable: false, filters: [model('none')] });
    assert.deepEqual((await all(datasets.list(gateway_id, { account_id, per_page: 1 }))).map((item) => item.name), ['none', 'all']);
    assert.deepEqual((await all(datasets.list(gateway_id, { account_id, enable: false }))).map((item) => item.id), [more.id]);
    assert.deepEqual((await all(datasets.list(gateway_id, { account_id, search: 'NON' }))).map((item) => item.id), [more.id]);
    const updated = await datasets.update(more.id, { ...at, name: 'none', enable: true, filters: [model('nothing')] });
    assert.deepEqual(updated.filters, [model('nothing')]);
    await fails(datasets.create(gateway_id, { account_id, name: 'all', enable: true, filters: [] }), Cloudflare.BadRequestError, 7001);
    await fails(datasets.get('nope', at), Cloudflare.NotFoundError, 7002);
    assert.deepEqual(await datasets.delete(more.id, at), updated);
    await fails(datasets.delete(more.id, at), Cloudflare.NotFoundError, 7002);
  },

  async 'evaluation types: list to the end'() {
    types = await all(evaluationTypes.list({ account_id }));
    assert.deepEqual(types.map((type) => type.type).sort(), ['cost', 'human_feedback', 'speed']);
    const page = await evaluationTypes.list({ account_id, order_by: 'name', order_by_direction: 'asc', per_page: 5 });
    assert.deepEqual(page.result.map((type) => type.name), ['Cost', 'Human feedback', 'Speed']);
    assert.equal(page.result_info.total_count, 3);
  },

  async 'evaluations: create, get until processed, list, delete'() {
    const made = await evaluations.create(gateway_id, {
      account_id,
      name: 'first',
      dataset_ids: [dataset.id],
      evaluation_type_ids: types.map((type) => type.id),
    });
    assert.equal(made.processed, false);
    let found = made;
    while (!found.processed) {
      await wait(20);
      found = await evaluations.get(made.id, at);
    }

    assert.equal(found.total_logs, 5);
    assert.deepEqual(found.datasets, [dataset]);
    const result = (type) => found.results.find((item) => item.evaluation_type_id === types.find((known) => known.type === type).id);
    assert.equal(result('cost').result, '0.25');
    assert.equal(result('cost').total_logs, 5);
    assert.equal(result('human_feedback').result, '0.5');
    assert.equal(result('human_feedback').total_logs, 2);
    assert.ok(Number(result('speed').result) > 0);
    assert.ok(found.results.every((item) => item.status === 2 && item.evaluation_id === made.id));
    assert.deepEqual(await all(evaluations.list(gateway_id, { account_id, processed: true })), [found]);
    await call('simulator');
    assert.deepEqual(await evaluations.get(made.id, at), found);
    await fails(
      evaluations.create(gateway_id, { account_id, name: 'first', dataset_ids: [dataset.id], evaluation_type_ids: [types[0].id] }),
      Cloudflare.BadRequestError,
      7001,
    );
    assert.deepEqual(await evaluations.delete(made.id, at), found);
    await fails(evaluations.get(made.id, at), Cloudflare.NotFoundError, 7002);
  },

  async 'logs: delete'() {
    const deleted = await logs.delete(gateway_id, { account_id, filters: [{ key: 'id', operator: 'eq', value: [ids[0]] }], limit: 1 });
    assert.deepEqual(deleted, { success: true });
    await fails(logs.get(ids[0], at), Cloudflare.NotFoundError, 7002);
    assert.equal((await all(logs.list(gateway_id, { account_id }))).length, 5);
  },
});
await client.aiGateway.delete(gateway_id, { account_id });

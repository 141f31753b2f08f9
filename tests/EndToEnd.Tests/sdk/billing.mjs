// Drives credits, the audit log and its query with the official client. TOKEN is the operator's.
import assert from 'node:assert/strict';
import Cloudflare from 'cloudflare';
import { failure, GATEWAY_URL, run, TOKEN } from './support.mjs';

const connect = (apiToken) => new Cloudflare({ apiToken, baseURL: `${GATEWAY_URL}/client/v4`, maxRetries: 0 });
const operator = connect(TOKEN);
const { id: account_id } = await operator.accounts.create({ name: 'billing' });
const all = [];
for await (const group of operator.accounts.tokens.permissionGroups.list({ account_id })) all.push({ id: group.id });
const { value } = await operator.accounts.tokens.create({
  account_id,
  name: 'tenant',
  policies: [{ effect: 'allow', permission_groups: all, resources: { [`com.cloudflare.api.account.${account_id}`]: '*' } }],
});
const tenant = connect(value);
const { billing } = tenant.aiGateway;

await run({
  async 'credit balance: an object, no payment method'() {
    const balance = await billing.creditBalance({ account_id });
    assert.equal(balance.balance, 0);
    assert.equal(balance.payment_method, null);
    assert.deepEqual(balance.topup_config, { amount: null, threshold: null });
  },

  async 'topup: by the operator, completed at once'() {
    const made = await operator.aiGateway.billing.topup.create({ account_id, amount: 1500 });
    assert.equal(made.client_secret, null);
    const { payment_intent_id } = made;
    assert.deepEqual(await billing.topup.status({ account_id, payment_intent_id }), { payment_intent_id, status: 'completed' });
    assert.equal((await billing.creditBalance({ account_id })).balance, 1500);
  },

  async 'topup: refused to a tenant'() {
    const error = await failure(billing.topup.create({ account_id, amount: 1500 }));
    assert.ok(error instanceof Cloudflare.PermissionDeniedError);
    assert.equal(error.errors[0].code, 1000);
  },

  async 'topup config: set and removed by the operator'() {
    assert.ok((await failure(billing.topup.config.create({ account_id, amount: 1000, threshold: 500 }))) instanceof Cloudflare.PermissionDeniedError);
    const { config } = operator.aiGateway.billing.topup;
    assert.deepEqual(await config.create({ account_id, amount: 1000, threshold: 500 }), { amount: 1000, threshold: 500 });
    assert.deepEqual(await billing.topup.config.get({ account_id }), { amount: 1000, threshold: 500 });
    assert.deepEqual(await config.delete({ account_id }), {});
    assert.deepEqual(await billing.topup.config.get({ account_id }), { amount: null, threshold: null });
  },

  async 'invoices and usage: empty'() {
    assert.deepEqual((await billing.invoiceHistory({ account_id, type: 'all' })).invoices, []);
    assert.equal((await billing.invoicePreview({ account_id })).status, 'draft');
    assert.deepEqual((await billing.usageHistory({ account_id, value_grouping_window: 'day' })).history, []);
    assert.deepEqual((await billing.usageHistory({ account_id, value_grouping_window: 'hour', start_time: null, end_time: Date.now() })).history, []);
  },

  async 'spending limit: read, never set'() {
    assert.equal((await billing.spendingLimit.get({ account_id })).enabled, false);
    const error = await failure(billing.spendingLimit.create({ account_id, amount: 100, duration: 'daily', strategy: 'fixed' }));
    assert.ok(error instanceof Cloudflare.PermissionDeniedError);
    assert.deepEqual(await billing.spendingLimit.delete({ account_id }), {});
  },

  async 'audit log: who changed what'() {
    const entries = [];
    for await (const entry of tenant.auditLogs.list({ account_id, action: { type: 'create' }, direction: 'asc', per_page: 2 })) entries.push(entry);
    assert.deepEqual(
      entries.map((entry) => [entry.resource.type, entry.action.result, entry.actor.type]),
      [['account', true, 'admin'], ['token', true, 'admin'], ['topup', true, 'admin'], ['topup', false, 'user']],
    );
    assert.ok(!JSON.stringify(entries).includes(value));
    assert.ok(new Date(entries[0].when) <= new Date());
    assert.deepEqual((await tenant.auditLogs.list({ account_id, since: '2999-01-01T00:00:00Z' })).result, []);
    assert.deepEqual((await tenant.auditLogs.list({ account_id, actor: { ip: '192.0.2.1' } })).result, []);
  },
});

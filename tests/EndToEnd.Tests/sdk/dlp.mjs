// Drives the profiles of data loss prevention with the official client.
// Reads GATEWAY_URL, ACCOUNT_ID and TOKEN (the operator's); exits with 1 and says what failed.
import assert from 'node:assert/strict';
import Cloudflare from 'cloudflare';
import { GATEWAY_URL, TOKEN, failure, run } from './support.mjs';

const client = new Cloudflare({ apiToken: TOKEN, baseURL: `${GATEWAY_URL}/client/v4`, maxRetries: 0 });
const { id: account_id } = await client.accounts.create({ name: 'dlp' });
const { profiles, patterns, limits } = client.zeroTrust.dlp;
const all = async (page) => {
  const items = [];
  for await (const item of page) items.push(item);
  return items;
};
let custom;

await run({
  async 'profiles: list and get'() {
    const listed = await all(profiles.list({ account_id }));
    assert.equal(listed.length, 5);
    assert.ok(listed.every((profile) => profile.type === 'predefined' && profile.entries.length > 0));
    assert.deepEqual(await profiles.get(listed[0].id, { account_id }), listed[0]);
  },

  async 'custom: create, get, update, delete'() {
    custom = await profiles.custom.create({
      account_id,
      name: 'Projects',
      allowed_match_count: 1,
      entries: [
        { enabled: true, name: 'code', pattern: { regex: 'PRJ-[0-9]{4}' } },
        { enabled: true, name: 'names', words: ['Blue Moon'] },
      ],
    });
    assert.equal(custom.type, 'custom');
    assert.deepEqual(await profiles.custom.get(custom.id, { account_id }), custom);
    assert.equal((await all(profiles.list({ account_id }))).length, 6);
    const [{ id: entry_id }] = custom.entries;
    const changed = await profiles.custom.update(custom.id, {
      account_id,
      name: 'Renamed',
      entries: [{ entry_id, enabled: false, name: 'code', pattern: { regex: 'PRJ-[0-9]{5}', validation: 'luhn' } }],
    });
    assert.deepEqual(changed.entries.map((entry) => [entry.id, entry.enabled, entry.pattern]), [[entry_id, false, { regex: 'PRJ-[0-9]{5}', validation: 'luhn' }]]);
    assert.equal((await limits.list({ account_id })).used_custom_regex_entries, 1);
    await profiles.custom.delete(custom.id, { account_id });
    assert.ok((await failure(profiles.custom.get(custom.id, { account_id }))) instanceof Cloudflare.NotFoundError);
  },

  async 'custom: a bad expression is named'() {
    const error = await failure(profiles.custom.create({ account_id, name: 'x', entries: [{ enabled: true, name: 'a', pattern: { regex: 'a+' } }] }));
    assert.ok(error instanceof Cloudflare.BadRequestError);
    assert.equal(error.errors[0].code, 7001);
    assert.deepEqual((await patterns.validate({ account_id, regex: 'a+' })).valid, false);
    assert.deepEqual((await patterns.validate({ account_id, regex: 'a{1,9}' })).valid, true);
  },

  async 'predefined: entries are switched and put back'() {
    const [financial] = await all(profiles.list({ account_id }));
    const [first] = financial.entries;
    const set = await profiles.predefined.update(financial.id, { account_id, enabled_entries: [first.id], allowed_match_count: 2 });
    assert.deepEqual(set.enabled_entries, [first.id]);
    assert.deepEqual((await profiles.predefined.get(financial.id, { account_id })).allowed_match_count, 2);
    await profiles.predefined.delete(financial.id, { account_id });
    assert.ok((await profiles.predefined.get(financial.id, { account_id })).enabled_entries.length > 1);
  },
});

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startApi } from '../support/api.ts';
import { createProxy, type Mode, modes } from '../support/proxy.ts';

const [ann, eve, ops] = ['ann', 'eve', 'ops'].map((name) => `arn:aws:iam::123456789012:user/${name}`) as [
  string,
  string,
  string,
];
const policyFile = join(mkdtempSync(join(tmpdir(), 'policy-')), 'policy.json');
writeFileSync(policyFile, JSON.stringify({ OwnerTag: 'team', Owners: { [ann]: 'a', [eve]: 'b', [ops]: '*' } }));

const proxy = createProxy();
const environment = { POLICY_FILE: policyFile, OWNER_CACHE_MS: '0', AUDIT_MS: '5000', POLL_MS: '50' };
const { call, emulator } = await startApi({ proxy, environment });

const wait = { prefer: 'wait=20' };
const trailOf = async (id: string, caller: string) => {
  const { body } = await call(`GET /global-datastores/${id}/audit`, { caller });
  return body.AuditEntries.map(({ Caller, Route, Outcome }: Record<string, string>) => [
    Caller?.split('/').at(-1),
    Route?.replace('/global-datastores', ''),
    Outcome,
  ]);
};

/** Creates a replication group of the team of the caller, and a datastore with it as the primary. Returns the response. */
async function create(name: string, primary: string, caller: string, headers: Record<string, string> = wait) {
  await emulator.seed(primary, 'us-east-1', { Tags: [{ Key: 'team', Value: caller === ann ? 'a' : 'b' }] });
  const body = { GlobalReplicationGroupIdSuffix: name, PrimaryReplicationGroupId: primary };
  return call('POST /global-datastores', { caller, headers, body });
}

describe('the audit entry of a change', () => {
  it('is `asked` while AWS is called, and has the outcome after it, in one entry', async () => {
    await create('held', 'held-use1', ann);
    const arrived = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const holdRequest: Mode = async (exchange) => {
      arrived.resolve();
      await release.promise;
      await modes.pass(exchange);
    };
    proxy.inject(holdRequest, { action: 'ModifyGlobalReplicationGroup' });
    const body = { GlobalReplicationGroupDescription: 'held' };
    const change = call('PATCH /global-datastores/ldgnf-held', { caller: ann, body });
    await arrived.promise;

    const during = await trailOf('ldgnf-held', ann);
    release.resolve();
    await change;
    const after = await trailOf('ldgnf-held', ann);

    const patch = ['ann', 'PATCH /{GlobalReplicationGroupId}'];
    const creation = ['ann', 'POST ', 'accepted'];
    expect(during).toEqual([[...patch, 'asked'], creation]);
    expect(after).toEqual([[...patch, 'accepted'], creation]);
  });

  it('is `refused` if nothing is sent to AWS', async () => {
    await create('unsent', 'unsent-use1', ann);

    await call('DELETE /global-datastores/ldgnf-unsent/members/eu-west-1/nobody', { caller: ann });

    expect((await trailOf('ldgnf-unsent', ann))[0]?.[2]).toBe('refused');
  });
});

describe('a datastore of an id that another owner had before', () => {
  it('has a trail of its own, and the former owner keeps its trail', async () => {
    await create('again', 'again-a', ann);
    await call('DELETE /global-datastores/ldgnf-again', { caller: ann, headers: wait });
    await create('again', 'again-b', eve);

    const deletion = ['ann', 'DELETE /{GlobalReplicationGroupId}', 'accepted'];
    const creations = [
      ['eve', 'POST ', 'accepted'],
      ['ann', 'POST ', 'accepted'],
    ] as const;
    expect(await trailOf('ldgnf-again', ann)).toEqual([deletion, creations[1]]);
    expect(await trailOf('ldgnf-again', eve)).toEqual([creations[0]]);
    expect(await trailOf('ldgnf-again', ops)).toEqual([creations[0], deletion, creations[1]]);
  });

  it('does not prevent the replay for the former owner, and is not changed by that owner', async () => {
    const headers = { ...wait, 'idempotency-key': 'former' };
    const first = await create('former', 'former-a', ann, headers);
    await call('DELETE /global-datastores/ldgnf-former', { caller: ann, headers: wait });
    await create('former', 'former-b', eve);
    const body = { GlobalReplicationGroupIdSuffix: 'former', PrimaryReplicationGroupId: 'former-a' };
    await emulator.calls();

    const replayed = await call('POST /global-datastores', { caller: ann, headers, body });
    const deleted = await call('DELETE /global-datastores/ldgnf-former', { caller: ann });

    expect(replayed.body).toEqual(first.body);
    expect(replayed.headers['idempotency-replayed']).toBe('true');
    expect(deleted.status).toBe(404);
    expect((await emulator.calls()).filter(({ Action }) => !/^(Describe|List)/.test(Action))).toEqual([]);
  });

  it('gets no entry for a caller that may not change it', async () => {
    await create('closed', 'closed-use1', ann);

    await call('DELETE /global-datastores/ldgnf-closed', { caller: eve });

    expect(await trailOf('ldgnf-closed', ann)).toHaveLength(1);
    expect(await trailOf('ldgnf-closed', ops)).toHaveLength(1);
  });
});

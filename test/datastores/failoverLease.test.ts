import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AddTagsToResourceCommand } from '@aws-sdk/client-elasticache';
import { describe, expect, it } from 'vitest';
import { startApi } from '../support/api.ts';
import { datastores } from '../support/datastore.ts';
import { createProxy, fault, type Mode, modes } from '../support/proxy.ts';

const folder = mkdtempSync(join(tmpdir(), 'policy-'));
const policyFile = join(folder, 'policy.json');
const [ann, eve] = ['ann', 'eve'].map((name) => `arn:aws:iam::123456789012:user/${name}`) as [string, string];
const policy = { FailoverCooldownMinutes: 60, OwnerTag: 'team', Owners: { [ann]: 'a', [eve]: 'b' } };
writeFileSync(policyFile, JSON.stringify(policy));

const proxy = createProxy();
const { call, emulator } = await startApi({
  proxy,
  environment: { POLICY_FILE: policyFile, OWNER_CACHE_MS: '0', POLL_MS: '50' },
});
const { make, waitUntilStable, describe: describeDatastore } = datastores(emulator);

/** Tags all members of a datastore with a team as the owner. */
async function assignOwner(id: string, team: string): Promise<void> {
  const { ARN = '', Members = [] } = await describeDatastore(id);
  for (const { ReplicationGroupRegion: region = '', ReplicationGroupId } of Members) {
    const ResourceName = `arn:aws:elasticache:${region}:${ARN.split(':')[4]}:replicationgroup:${ReplicationGroupId}`;
    const Tags = [{ Key: 'team', Value: team }];
    await emulator.client(region).send(new AddTagsToResourceCommand({ ResourceName, Tags }));
  }
}

/** Creates a datastore of team a with secondaries in these regions. Returns its id. */
async function makeOwned(name: string, regions: readonly string[]): Promise<string> {
  const id = await make(name, regions);
  await assignOwner(id, 'a');
  return id;
}

const failover = (id: string, PrimaryRegion: string, caller = ann) =>
  call(`POST /global-datastores/${id}/failover`, { caller, body: { PrimaryRegion } });

/** Returns a mode that holds a call until `release` and then refuses it, and a promise of the arrival of the call. */
function createHeldRefusal() {
  const arrived = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const mode: Mode = async (exchange) => {
    arrived.resolve();
    await release.promise;
    await fault('InvalidParameterValue', 400, 'Refused.')(exchange);
  };
  return { mode, arrived: arrived.promise, release: release.resolve };
}

describe('failovers to the same member', () => {
  it('share the lease: a refused one does not release it for the other', async () => {
    const id = await makeOwned('shared', ['eu-west-1', 'ap-southeast-2']);
    const held = createHeldRefusal();
    proxy.inject(held.mode, { action: 'FailoverGlobalReplicationGroup' });
    const refused = failover(id, 'eu-west-1');
    await held.arrived;
    proxy.inject(modes.error500, { action: 'FailoverGlobalReplicationGroup', times: 9 });
    const unknown = await failover(id, 'eu-west-1');
    held.release();
    await refused;
    proxy.clear();

    const opposite = await failover(id, 'ap-southeast-2');

    expect([(await refused).status, unknown.status]).toEqual([400, 502]);
    expect(opposite).toMatchObject({ status: 409, body: { code: 'FailoverUnderWay' } });
  });

  it('end the lease when all of them are refused', async () => {
    const id = await makeOwned('all-refused', ['eu-west-1', 'ap-southeast-2']);
    proxy.inject(fault('InvalidParameterValue', 400, 'Refused.'), {
      action: 'FailoverGlobalReplicationGroup',
      times: 2,
    });
    await Promise.all([failover(id, 'eu-west-1'), failover(id, 'eu-west-1')]);

    const opposite = await failover(id, 'ap-southeast-2');

    expect(opposite.status, JSON.stringify(opposite.body)).toBe(202);
  });
});

describe('the cool-down', () => {
  it('follows an accepted failover, not one that AWS refuses', async () => {
    const id = await makeOwned('cooling', ['eu-west-1']);
    const refused = await failover(id, 'us-east-1');
    const accepted = await failover(id, 'eu-west-1');
    const next = await failover(id, 'us-east-1');

    expect([refused.status, accepted.status, next.status]).toEqual([400, 202, 403]);
    expect(next.body.checks).toMatchObject([{ Id: 'policy-failover-cooldown' }]);
  });

  it('follows a failover whose response was lost', async () => {
    const id = await makeOwned('lost', ['eu-west-1']);
    proxy.inject(
      async ({ forward, response }) => {
        await forward();
        await waitUntilStable(id);
        response.socket?.resetAndDestroy();
      },
      { action: 'FailoverGlobalReplicationGroup', times: 3 },
    );

    const accepted = await failover(id, 'eu-west-1');
    const next = await failover(id, 'us-east-1');

    expect([accepted.status, next.status]).toEqual([202, 403]);
  });

  it('of a deleted datastore does not apply to a new one with the same id', async () => {
    const id = await makeOwned('again', ['eu-west-1']);
    await failover(id, 'eu-west-1');
    await waitUntilStable(id);
    const wait = { caller: ann, headers: { prefer: 'wait=20' } };
    await call(`DELETE /global-datastores/${id}/members/us-east-1/again-us-east-1`, wait);
    await call(`DELETE /global-datastores/${id}`, wait);
    const body = {
      GlobalReplicationGroupIdSuffix: 'again',
      PrimaryReplicationGroupId: 'again-us-east-1',
    };
    const { headers } = await call('POST /global-datastores', { ...wait, body });
    const member = { ReplicationGroupId: 'again-new', ReplicationGroupRegion: 'eu-west-1' };
    await call(`POST ${headers.location}/members`, { ...wait, body: member });

    const first = await failover(id, 'eu-west-1');

    expect(headers.location).toBe(`/global-datastores/${id}`);
    expect(first.status, JSON.stringify(first.body)).toBe(202);
  });

  it('of one owner does not apply after the datastore has another owner', async () => {
    const id = await makeOwned('handed', ['eu-west-1']);
    await failover(id, 'eu-west-1');
    await waitUntilStable(id);
    await assignOwner(id, 'b');

    const own = await failover(id, 'us-east-1', eve);

    expect(own.status, JSON.stringify(own.body)).toBe(202);
  });
});

import { beforeEach, describe, expect, it } from 'vitest';
import { startApi } from '../support/api.ts';
import { until } from '../support/emulator.ts';
import { afterEffect, createProxy, type Mode, modes } from '../support/proxy.ts';

const proxy = createProxy();
const { call, emulator } = await startApi({ proxy });

beforeEach(() => proxy.clear());

/** A stable datastore with a primary in us-east-1. Gives its path. */
async function aDatastore(name: string): Promise<string> {
  await emulator.seed(`${name}-use1`);
  const body = { GlobalReplicationGroupIdSuffix: name, PrimaryReplicationGroupId: `${name}-use1` };
  const { headers } = await call('POST /global-datastores', { body });
  const path = headers.location ?? '';
  await until(async () => (await call(`GET ${path}`)).body.GlobalReplicationGroup.Status === 'primary-only');
  return path;
}

/** Ways in which the answer to a change gets lost after it has taken effect. */
const losses: [string, Mode][] = [
  ['reset', modes.reset],
  ['error500', modes.error500],
  ['cut', modes.cut],
  ['truncated', modes.truncated],
  ['empty', modes.empty],
];

describe('a member is added, and the answer is lost', () => {
  it.each(losses)('%s: is accepted, and there is one member more', async (name, loss) => {
    const path = await aDatastore(`lost-${name}`);
    proxy.will(afterEffect(loss), { action: 'CreateReplicationGroup' });

    const body = { ReplicationGroupId: `lost-${name}-euw1`, ReplicationGroupRegion: 'eu-west-1' };
    const answer = await call(`POST ${path}/members`, { body });

    expect(answer).toMatchObject({ status: 202, headers: { location: path } });
    expect(answer.body.ReplicationGroup).toMatchObject({ ReplicationGroupId: `lost-${name}-euw1` });
    const { body: read } = await call(`GET ${path}`);
    expect(read.GlobalReplicationGroup.Members).toHaveLength(2);
  });

  it('stays 409 when the replication group of that name is somebody else’s', async () => {
    const path = await aDatastore('mine');
    await emulator.seed('theirs-euw1', 'eu-west-1');
    proxy.will(modes.reset, { action: 'CreateReplicationGroup' });

    const body = { ReplicationGroupId: 'theirs-euw1', ReplicationGroupRegion: 'eu-west-1' };
    const answer = await call(`POST ${path}/members`, { body });

    expect(answer).toMatchObject({ status: 409, body: { code: 'ReplicationGroupAlreadyExistsFault' } });
  });

  it('is no final refusal when ElastiCache cannot be asked what it made', async () => {
    const path = await aDatastore('unsure');
    proxy.will(afterEffect(modes.reset), { action: 'CreateReplicationGroup' });
    proxy.will(modes.error500, { action: 'DescribeReplicationGroups', times: 3 });

    const body = { ReplicationGroupId: 'unsure-euw1', ReplicationGroupRegion: 'eu-west-1' };
    const answer = await call(`POST ${path}/members`, { body });

    expect(answer).toMatchObject({ status: 502, body: { code: 'OutcomeUnknown' } });
  });
});

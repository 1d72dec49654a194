import {
  CreateReplicationGroupCommand,
  DeleteGlobalReplicationGroupCommand,
  DeleteReplicationGroupCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-elasticache';
import { afterEach, describe, expect, it } from 'vitest';
import { startApi } from '../support/api.ts';
import { clusterMode, datastores } from '../support/datastore.ts';
import { until } from '../support/emulator.ts';
import { operator, ownerA, ownerB, owners, tagged, unknownCaller, writePolicy } from '../support/policy.ts';
import { contractsThat, requestFor } from '../support/routeRequest.ts';

const { call, emulator, routes } = await startApi({
  environment: { POLICY_FILE: writePolicy(owners), OWNER_CACHE_MS: '600000' },
});
const { make, describe: describeDatastore, describeGroup, waitUntilStable } = datastores(emulator);
const ofTeam = (team: string) => ({ ...tagged(team), ...clusterMode });

/** Makes AWS refuse to list tags, as it does for a replication group that is changing. */
const hideTags = () =>
  emulator.fail({ Action: 'ListTagsForResource', Name: 'InvalidReplicationGroupStateFault', Times: 1_000 });
const changes = async () =>
  (await emulator.calls()).filter(({ Action }) => !/^(Describe|List)/.test(Action)).map(({ Action }) => Action);

afterEach(() => emulator.clearFaults());

/** Creates a datastore of team A, reads it through the API, deletes it, and creates one of team B with the same names. */
async function makeAgain(name: string): Promise<string> {
  const id = await make(name, [], ofTeam('a'));
  await call(`GET /global-datastores/${id}`, ownerA);
  const east = emulator.client('us-east-1');
  await east.send(
    new DeleteGlobalReplicationGroupCommand({ GlobalReplicationGroupId: id, RetainPrimaryReplicationGroup: true }),
  );
  await until(async () => !(await describeDatastore(id).catch(() => undefined)));
  const ReplicationGroupId = `${name}-us-east-1`;
  await east.send(new DeleteReplicationGroupCommand({ ReplicationGroupId }));
  await until(async () => !(await describeGroup('us-east-1', ReplicationGroupId).catch(() => undefined)));
  return make(name, [], ofTeam('b'));
}

const ofDatastores = contractsThat(routes, ({ subject }) => subject === 'datastore' || subject === 'replicationGroup');

describe('a datastore with the names of a former one', async () => {
  const id = await makeAgain('again');

  it.each(ofDatastores)('%s gives the former owner no rights while its tags cannot be read', async (_, contract) => {
    const { request, body } = requestFor(contract, 'again');
    const target = contract.method === 'DELETE' ? request.replace(/\?.*|$/, '?DetachSecondaries=true') : request;
    await hideTags();
    await emulator.calls();

    const { status, body: problem } = await call(contract.path.includes('member') ? request : target, {
      ...ownerA,
      ...(body && { body }),
    });

    expect([status, problem.code]).toEqual([503, 'OwnerUnknown']);
    expect(await changes()).toEqual([]);
  });

  it('belongs to its owner as soon as its tags can be read', async () => {
    const get = `GET /global-datastores/${id}`;

    expect([(await call(get, ownerA)).status, (await call(get, ownerB)).status]).toEqual([404, 200]);
  });

  it('still belongs to its owner when tags cannot be read later', async () => {
    const get = `GET /global-datastores/${id}`;
    await call(get, ownerB);
    await hideTags();

    expect([(await call(get, ownerA)).status, (await call(get, ownerB)).status]).toEqual([404, 200]);
  });

  it('is readable for operators while its tags cannot be read', async () => {
    await hideTags();

    expect((await call(`GET /global-datastores/${id}`, operator)).status).toBe(200);
  });
});

describe.each([
  ['another owner', tagged('b')],
  ['no owner', {}],
])('a datastore of which a member names %s', async (_, tags) => {
  const name = Object.keys(tags).length > 0 ? 'mixed' : 'untagged';
  const id = await make(name, [], ofTeam('a'));
  await emulator.client('eu-west-1').send(
    new CreateReplicationGroupCommand({
      GlobalReplicationGroupId: id,
      ReplicationGroupId: `${name}-eu-west-1`,
      ReplicationGroupDescription: name,
      ...tags,
    }),
  );
  await waitUntilStable(id);

  it('is accessible only to operators', async () => {
    const get = `GET /global-datastores/${id}`;
    const statuses = await Promise.all([ownerA, ownerB, operator].map((caller) => call(get, caller)));

    expect(statuses.map(({ status }) => status)).toEqual([404, 404, 200]);
  });

  it('does not change its owner by a failover', async () => {
    const failover = { body: { PrimaryRegion: 'eu-west-1' } };
    await emulator.calls();

    for (const caller of [ownerA, ownerB])
      expect((await call(`POST /global-datastores/${id}/failover`, { ...caller, ...failover })).status).toBe(404);
    expect(await changes()).toEqual([]);

    expect((await call(`POST /global-datastores/${id}/failover`, { ...operator, ...failover })).status).toBe(202);
    await waitUntilStable(id);
    expect((await call(`GET /global-datastores/${id}`, ownerB)).status).toBe(404);
  });

  it('is not in the list of an owner that a member names, and the list has a warning', async () => {
    const named = await call('GET /global-datastores', ownerA);
    const unnamed = await call('GET /global-datastores', unknownCaller);

    expect(JSON.stringify(named.body.GlobalReplicationGroups)).not.toContain(id);
    expect(named.body.Warnings.map(({ Detail }: { Detail: string }) => Detail).join()).toContain(id);
    expect(JSON.stringify(unnamed.body)).not.toContain(id);
  });
});

describe('a list in which owners cannot be read', () => {
  it.each(['GET /global-datastores', 'GET /replication-groups'])('%s has a warning', async (request) => {
    await make(`hidden-${request.length}`, [], ofTeam('b'));
    await emulator.fail({ Action: 'ListTagsForResource', Name: 'Throttling', Times: 1_000 });

    const { status, body } = await call(request, ownerB);

    expect(status).toBe(200);
    expect(body.Warnings).toContainEqual({
      Region: 'us-east-1',
      Detail: expect.stringMatching(/owners of some resources.*throttled/),
    });
    expect(JSON.stringify(body.Warnings)).not.toContain('hidden');
  });

  it('has no warnings when they can be read again', async () => {
    const { body } = await call('GET /replication-groups', ownerB);

    expect(body).not.toHaveProperty('Warnings');
    expect(JSON.stringify(body)).toContain('hidden-');
  });
});

const ap = { ReplicationGroupRegion: 'ap-southeast-2' };
const ownerTagsOf = async (id: string) => {
  const ResourceName = `arn:aws:elasticache:ap-southeast-2:000000000000:replicationgroup:${id}`;
  const { TagList = [] } = await emulator
    .client('ap-southeast-2')
    .send(new ListTagsForResourceCommand({ ResourceName }));
  return TagList.filter(({ Key }) => Key === 'team').map(({ Value }) => Value);
};

describe('a new member', async () => {
  const id = await make('grown', [], ofTeam('a'));
  const unowned = await make('unowned', [], clusterMode);
  await emulator.seed('new-a', 'us-east-1', ofTeam('a'));
  await emulator.seed('new-unowned', 'us-east-1', clusterMode);
  const primaryOf = (name: string) => ({
    ReplicationGroupRegion: 'us-east-1',
    ReplicationGroupId: `${name}-us-east-1`,
    Role: 'PRIMARY',
  });

  /** Each route that adds a member, with the pointer to the member in its body. */
  const additions = [
    ['a member', (name: string) => `POST /global-datastores/ldgnf-${name}/members`, (member: object) => member, '#'],
    [
      'a topology',
      (name: string) => `PUT /global-datastores/ldgnf-${name}/topology?DryRun=true`,
      (member: object, name: string) => ({ Members: [primaryOf(name), { ...member, Role: 'SECONDARY' }] }),
      '#/Members/1',
    ],
    [
      'a secondary of a new datastore',
      () => 'POST /global-datastores?DryRun=true',
      (member: object, name: string) => ({
        GlobalReplicationGroupIdSuffix: 'fresh',
        PrimaryReplicationGroupId: name === 'grown' ? 'new-a' : 'new-unowned',
        Secondaries: [member],
      }),
      '#/Secondaries/0',
    ],
  ] as const;

  it.each(additions)('as %s is refused while the owner cannot be read', async (_, request, bodyWith) => {
    const fresh = await make(`fresh-${additions.findIndex(([, one]) => one === request)}`, [], ofTeam('a'));
    await emulator.fail({ Action: 'DescribeReplicationGroups', Name: 'Throttling', Times: 1_000 });
    await emulator.calls();

    const { status, body } = await call(request(fresh.slice(6)), {
      ...operator,
      body: bodyWith({ ...ap, ReplicationGroupId: 'late' }, fresh.slice(6)),
    });

    expect([status, body.code]).toEqual([503, 'OwnerUnknown']);
    expect(await changes()).toEqual([]);
  });

  it.each(additions)('as %s has to name an owner if the datastore has none', async (_, request, bodyWith, pointer) => {
    const { status, body } = await call(request('unowned'), {
      ...operator,
      body: bodyWith({ ...ap, ReplicationGroupId: 'unnamed' }, 'unowned'),
    });

    expect([status, body.code]).toEqual([400, 'ValidationFailed']);
    expect(body.errors).toMatchObject([{ pointer: `${pointer}/Tags` }]);
    expect(unowned).toBe('ldgnf-unowned');
  });

  it.each(
    additions.flatMap(([name, ...rest]) =>
      [ownerA, operator].map((caller, index) => [name, ['the owner', 'an operator'][index], caller, ...rest] as const),
    ),
  )('as %s of %s may not name another owner', async (_, __, caller, request, bodyWith, pointer) => {
    await emulator.calls();

    const { status, body } = await call(request('grown'), {
      ...caller,
      body: bodyWith({ ...ap, ReplicationGroupId: 'foreign', ...tagged('b') }, 'grown'),
    });

    expect([status, body.code]).toEqual([400, 'ValidationFailed']);
    expect(body.errors).toMatchObject([{ pointer: `${pointer}/Tags` }]);
    expect(await changes()).toEqual([]);
  });

  it('by an operator gets the tag of the owner', async () => {
    const body = { ...ap, ReplicationGroupId: 'grown-apse2' };

    expect((await call(`POST /global-datastores/${id}/members`, { ...operator, body })).status).toBe(202);
    await waitUntilStable(id);

    expect(await ownerTagsOf('grown-apse2')).toEqual(['a']);
  });
});

describe('a token with several owners', async () => {
  const token = (team: unknown) => ({ claims: { sub: 'someone', 'custom:team': team } });
  const id = await make('shared', [], ofTeam('a'));
  const other = await make('other', [], ofTeam('b'));
  const get = async (datastore: string, team: unknown) =>
    (await call(`GET /global-datastores/${datastore}`, token(team))).status;

  it.each([
    ['[a]', 200, 404],
    ['[a b]', 200, 200],
    ['[b]', 404, 200],
    ['[]', 404, 404],
    ['[*]', 404, 404],
    ['[* b]', 404, 200],
    ['a b', 404, 404],
  ])('that is delivered as %s acts for each of them', async (team, ofA, ofB) => {
    expect([await get(id, team), await get(other, team)]).toEqual([ofA, ofB]);
  });

  it('lists the datastores of each', async () => {
    const { body } = await call('GET /global-datastores', token('[a b]'));

    expect(JSON.stringify(body)).toContain(id);
    expect(JSON.stringify(body)).toContain(other);
  });

  it.each([
    ['no owner', {}],
    ['the other owner', tagged('b')],
    ['a third owner', tagged('c')],
  ])('adds no member that names %s', async (_, tags) => {
    const body = { ...ap, ReplicationGroupId: 'shared-apse2', ...tags };

    const reply = await call(`POST /global-datastores/${id}/members`, { ...token('[a b]'), body });

    expect([reply.status, reply.body.code]).toEqual([400, 'ValidationFailed']);
    expect(reply.body.errors).toMatchObject([{ pointer: '#/Tags' }]);
  });

  it('adds a member that names the owner of the datastore', async () => {
    const body = { ...ap, ReplicationGroupId: 'shared-apse2', ...tagged('a') };

    expect((await call(`POST /global-datastores/${id}/members`, { ...token('[a b]'), body })).status).toBe(202);
    await waitUntilStable(id);

    expect(await ownerTagsOf('shared-apse2')).toEqual(['a']);
  });
});

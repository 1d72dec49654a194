import type { ApiRequest } from '../api.ts';
import { partitionOf } from '../eligibility.ts';
import { membersInWords, type SureGlobalReplicationGroup, secondaries } from '../globalDatastore.ts';
import type { route } from '../handlers/addMember.ts';
import { findReplicationGroup } from '../replicationGroup.ts';
import { type Check, type Findings, isThere, judge, known } from './check.ts';
import { lookUp, resting, stateAllows } from './datastore.ts';
import { regionSupported } from './region.ts';

const place = '#/ReplicationGroupRegion';

type Request = ApiRequest<typeof route>;

/** Whether this region can be added to the datastore. */
export async function check({ path, body, signal }: Request): Promise<Findings> {
  const { ReplicationGroupRegion: region, ReplicationGroupId: id } = body;
  const [{ group, exists }, namesake] = await Promise.all([
    lookUp(signal, path.GlobalReplicationGroupId),
    known(findReplicationGroup(signal, region, id)),
  ]);
  const taken = isThere(namesake);
  const idFree = judge(
    'id-free',
    taken === undefined ? undefined : !taken,
    { pass: `No replication group in ${region} is called ${id}.`, fail: `${id} exists in ${region} already.` },
    '#/ReplicationGroupId',
  );
  return {
    Checks: [exists, regionSupported(region, place), idFree, ...(group ? ofDatastore(group, body) : [])],
    Plan: [
      `Make ${region}/${id} as a secondary of ${path.GlobalReplicationGroupId} (CreateReplicationGroup in ${region}).`,
    ],
  };
}

function ofDatastore(group: SureGlobalReplicationGroup, body: Request['body']): Check[] {
  const { ReplicationGroupRegion: region } = body;
  const members = membersInWords(group);
  const home = group.Members?.find(({ Role }) => Role === 'PRIMARY')?.ReplicationGroupRegion;
  return [
    stateAllows(group, resting),
    judge('max-two-secondaries', secondaries(group).length < 2, {
      pass: 'There is room for a secondary.',
      fail: `A datastore has at most two secondaries; members are ${members}. Remove one first.`,
    }),
    judge(
      'region-distinct',
      !group.Members?.some(({ ReplicationGroupRegion }) => ReplicationGroupRegion === region),
      { pass: `No member is in ${region}.`, fail: `Each member needs a region of its own; members are ${members}.` },
      place,
    ),
    judge(
      'same-partition',
      home === undefined ? undefined : partitionOf(home) === partitionOf(region),
      {
        pass: 'It is in the partition of the primary.',
        fail: `${region} is in the partition ${partitionOf(region)}, the primary's region ${home} is not.`,
        unknown: 'The datastore shows no primary.',
      },
      place,
    ),
    nodesFit(group, body),
    authToken(group, body),
  ];
}

/** NumCacheClusters counts the nodes without cluster mode, ReplicasPerNodeGroup with it; AWS refuses the other one. */
function nodesFit({ ClusterEnabled }: SureGlobalReplicationGroup, body: Request['body']): Check {
  const [right, wrong] = ClusterEnabled
    ? (['ReplicasPerNodeGroup', 'NumCacheClusters'] as const)
    : (['NumCacheClusters', 'ReplicasPerNodeGroup'] as const);
  return judge(
    'nodes-fit-cluster-mode',
    ClusterEnabled === undefined ? undefined : body[wrong] === undefined,
    {
      pass: `Cluster mode is ${ClusterEnabled ? 'enabled' : 'disabled'}.`,
      fail: `Cluster mode is ${ClusterEnabled ? 'enabled' : 'disabled'}: use ${right} instead of ${wrong}.`,
    },
    `#/${wrong}`,
  );
}

/** Whether AWS demands the password again for a secondary is not documented. */
function authToken({ AuthTokenEnabled }: SureGlobalReplicationGroup, { AuthToken }: Request['body']): Check {
  const words = {
    pass: AuthTokenEnabled ? 'The password is given.' : 'The datastore has no password.',
    fail: 'The datastore has no password: leave out AuthToken.',
    unknown: 'The datastore has a password and AuthToken is left out; AWS may ask for it.',
  };
  const holds = AuthTokenEnabled ? (AuthToken === undefined ? undefined : true) : AuthToken === undefined;
  return judge('auth-token', holds, words, '#/AuthToken');
}

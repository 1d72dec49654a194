import type { FromSchema } from 'json-schema-to-ts';
import { partitionOf } from '../datastores/eligibility.ts';
import { findReplicationGroup } from '../datastores/replicationGroup.ts';
import type { addMemberRequest } from '../schemas/addMember.ts';
import { type Check, isThere, judge, known } from './check.ts';
import { regionSupported } from './regionCheck.ts';

type NewMember = FromSchema<typeof addMemberRequest>;

/** What a new member has to fit: the datastore, or the replication group that becomes its primary. */
export interface Fitting {
  readonly ClusterEnabled?: boolean;
  readonly AuthTokenEnabled?: boolean;
  /** The region of the primary. */
  readonly home?: string;
}

/** Whether a replication group of this name can be made in its region; `place` points at the member in the body. */
export async function canBeMade(signal: AbortSignal, member: NewMember, place = '#'): Promise<Check[]> {
  const { ReplicationGroupRegion: region, ReplicationGroupId: id } = member;
  const taken = isThere(await known(findReplicationGroup(signal, region, id)));
  return [
    regionSupported(region, `${place}/ReplicationGroupRegion`),
    judge(
      'id-free',
      taken === undefined ? undefined : !taken,
      { pass: `No replication group in ${region} is called ${id}.`, fail: `${id} exists in ${region} already.` },
      `${place}/ReplicationGroupId`,
    ),
  ];
}

/** Whether it fits the others. */
export const fits = (member: NewMember, others: Fitting, place = '#'): Check[] => [
  samePartition(member, others, `${place}/ReplicationGroupRegion`),
  nodesFit(member, others, place),
  authToken(member, others, `${place}/AuthToken`),
];

function samePartition({ ReplicationGroupRegion: region }: NewMember, { home }: Fitting, place: string): Check {
  return judge(
    'same-partition',
    home === undefined ? undefined : partitionOf(home) === partitionOf(region),
    {
      pass: 'It is in the partition of the primary.',
      fail: `${region} is in the partition ${partitionOf(region)}, the primary's region ${home} is not.`,
      unknown: 'The datastore shows no primary.',
    },
    place,
  );
}

/** ElastiCache API reference: NumCacheClusters goes with one node group only, ReplicasPerNodeGroup with any number. */
function nodesFit({ NumCacheClusters }: NewMember, { ClusterEnabled }: Fitting, place: string): Check {
  return judge(
    'nodes-fit-cluster-mode',
    ClusterEnabled === undefined ? undefined : !ClusterEnabled || NumCacheClusters === undefined,
    {
      pass: `Cluster mode is ${ClusterEnabled ? 'enabled' : 'disabled'}.`,
      fail: 'Cluster mode is enabled: use ReplicasPerNodeGroup instead of NumCacheClusters.',
    },
    `${place}/NumCacheClusters`,
  );
}

/** Whether AWS demands the password again for a secondary is not documented. */
function authToken({ AuthToken }: NewMember, { AuthTokenEnabled }: Fitting, place: string): Check {
  const words = {
    pass: AuthTokenEnabled ? 'The password is given.' : 'The datastore has no password.',
    fail: 'The datastore has no password: leave out AuthToken.',
    unknown: 'The datastore has a password and AuthToken is left out; AWS may ask for it.',
  };
  const holds = AuthTokenEnabled ? (AuthToken === undefined ? undefined : true) : AuthToken === undefined;
  return judge('auth-token', holds, words, place);
}

import type { GlobalReplicationGroup, GlobalReplicationGroupMember } from '@aws-sdk/client-elasticache';
import { config } from '../../config.ts';
import { formatMembers, secondariesOf } from '../../datastores/globalDatastore.ts';
import { Problem } from '../../problems/problem.ts';
import type { Evacuation } from './evacuation.ts';

type Choice = Pick<Evacuation, 'FromRegion' | 'ToRegion'>;

/**
 * Returns the secondary that becomes the primary: the one in `ToRegion`, or else the first in the order of the configured
 * regions. One that is associated comes first. Their lag is not read, because CloudWatch may not respond.
 * @throws Problem `MemberNotFound` with all members if there is none
 */
export function chooseNewPrimary(
  datastore: GlobalReplicationGroup,
  { FromRegion, ToRegion }: Choice,
): GlobalReplicationGroupMember {
  const [secondary] = secondariesOf(datastore)
    .filter(({ ReplicationGroupRegion }) => ReplicationGroupRegion !== FromRegion)
    .filter(({ ReplicationGroupRegion = '' }) =>
      ToRegion ? ReplicationGroupRegion === ToRegion : config.regions.includes(ReplicationGroupRegion),
    )
    .sort((a, b) => preferenceOf(a) - preferenceOf(b));
  if (secondary) return secondary;
  throw new Problem(
    'MemberNotFound',
    `${datastore.GlobalReplicationGroupId} has no secondary ${ToRegion ? `in ${ToRegion}` : `outside ${FromRegion}`}. Members are ${formatMembers(datastore)}.`,
  );
}

const preferenceOf = ({ Status, ReplicationGroupRegion = '' }: GlobalReplicationGroupMember): number =>
  config.regions.indexOf(ReplicationGroupRegion) + (Status === 'associated' ? 0 : config.regions.length);

/** Returns the primary of a datastore unless it is in the lost region. */
export const survivingPrimaryOf = (
  { Members = [] }: GlobalReplicationGroup,
  lost: string,
): GlobalReplicationGroupMember | undefined =>
  Members.find(({ Role, ReplicationGroupRegion }) => Role === 'PRIMARY' && ReplicationGroupRegion !== lost);

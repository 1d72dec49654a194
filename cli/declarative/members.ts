import type { ApplyTopologyInput, GlobalReplicationGroup } from '@global-datastore/client';
import { CommandError, exitCodes } from '../exitCodes.ts';
import type { FileMember } from './datastoreFile.ts';

export type ShownMember = NonNullable<GlobalReplicationGroup['Members']>[number];
type DesiredMember = ApplyTopologyInput['Members'][number];
type Named = Pick<ShownMember, 'ReplicationGroupId' | 'ReplicationGroupRegion'>;

/** Returns the name of a member. ElastiCache stores ids in lower case. */
export const keyOf = ({ ReplicationGroupId = '', ReplicationGroupRegion = '' }: Named): string =>
  `${ReplicationGroupRegion}/${ReplicationGroupId.toLowerCase()}`;

/** Returns the members of a datastore, the primary first, then by region. */
export const membersOf = ({ Members = [] }: GlobalReplicationGroup): ShownMember[] =>
  Members.toSorted((a, b) => sortKeyOf(a).localeCompare(sortKeyOf(b)));

const sortKeyOf = (member: ShownMember): string => `${member.Role === 'PRIMARY' ? 0 : 1}${keyOf(member)}`;

/** Returns the primary of a datastore. */
export const primaryOf = ({ Members = [] }: GlobalReplicationGroup): ShownMember | undefined =>
  Members.find(({ Role }) => Role === 'PRIMARY');

/** Returns the members of a datastore that a list does not name. */
export const removedMembers = (group: GlobalReplicationGroup, listed: readonly Named[]): ShownMember[] =>
  membersOf(group).filter((member) => !listed.some((other) => keyOf(other) === keyOf(member)));

/**
 * Returns the members that a datastore is to have: those of a file, in its order, then the others, unless they are pruned. A member
 * without a role keeps its own, or is a secondary.
 */
export function desiredMembers(
  listed: readonly FileMember[],
  group: GlobalReplicationGroup,
  prune: boolean,
): DesiredMember[] {
  const others = prune ? [] : removedMembers(group, listed);
  assertRoom(listed, others);
  const primary = listed.find(({ Role }) => Role === 'PRIMARY') ?? unchangedPrimary(listed, group);
  const members = [...listed, ...(others.map(toKey) as FileMember[])];
  const isPrimary = (member: FileMember) => primary !== undefined && keyOf(member) === keyOf(primary);
  if (!members.some(isPrimary)) throw noPrimary(primary);
  return members.map((member) => ({ ...member, Role: isPrimary(member) ? 'PRIMARY' : 'SECONDARY' }));
}

const toKey = ({ ReplicationGroupId, ReplicationGroupRegion }: Named) => ({
  ReplicationGroupId,
  ReplicationGroupRegion,
});

/** Returns the present primary, unless it is a secondary in the file. */
function unchangedPrimary(listed: readonly FileMember[], group: GlobalReplicationGroup): ShownMember | undefined {
  const primary = primaryOf(group);
  const own = primary && listed.find((member) => keyOf(member) === keyOf(primary));
  return own?.Role === 'SECONDARY' ? undefined : primary;
}

const noPrimary = (primary: Named | undefined) =>
  new CommandError(
    exitCodes.usage,
    primary
      ? `The file does not name the primary, ${keyOf(primary)}. Give the member that replaces it Role: PRIMARY.`
      : 'The file makes the primary a SECONDARY. Give another member Role: PRIMARY.',
  );

/** Throws if the members that the file does not name conflict with those that it names: by region or by number. */
function assertRoom(listed: readonly FileMember[], others: readonly ShownMember[]): void {
  const blocking = others.find((other) =>
    listed.some((member) => member.ReplicationGroupRegion === other.ReplicationGroupRegion),
  );
  const rule = blocking
    ? `${keyOf(blocking)} is in the region of another member of the file`
    : `the datastore would have ${listed.length + others.length} members, and can have three`;
  if (!blocking && listed.length + others.length <= 3) return;
  const names = others.map(keyOf).join(' and ');
  throw new CommandError(
    exitCodes.refused,
    `The file does not name ${names}, which stay without --prune: ${rule}. Add --prune to detach what the file does not name.`,
  );
}

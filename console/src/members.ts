import type { GlobalReplicationGroup } from '@global-datastore/client';
import { fromWestToEast } from './regions.ts';

export type Member = NonNullable<GlobalReplicationGroup['Members']>[number];

/** Returns the members from west to east. */
export const membersOf = ({ Members = [] }: GlobalReplicationGroup): Member[] =>
  Members.toSorted((a, b) => fromWestToEast(a.ReplicationGroupRegion ?? '', b.ReplicationGroupRegion ?? ''));

export const primaryOf = ({ Members = [] }: GlobalReplicationGroup): Member | undefined =>
  Members.find(({ Role }) => Role === 'PRIMARY');

export const secondariesOf = (datastore: GlobalReplicationGroup): Member[] =>
  membersOf(datastore).filter(({ Role }) => Role !== 'PRIMARY');

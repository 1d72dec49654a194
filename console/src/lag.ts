import type { Operations } from '@global-datastore/client';
import type { Member } from './members.ts';

export type Replication = Operations['getReplication']['output'];
export type SecondaryLag = Replication['Secondaries'][number];

/** A level of the lag of a secondary. */
export interface LagLevel {
  readonly name: 'close' | 'behind' | 'far' | 'unknown';
  readonly word: string;
  /** The width of an arrow. */
  readonly width: number;
}

/** Returns the lag of a member. Undefined for the primary, and before it is read. */
export const lagOf = (replication: Replication | undefined, member: Member): SecondaryLag | undefined =>
  replication?.Secondaries.find(
    ({ ReplicationGroupRegion: region, ReplicationGroupId: id }) =>
      region === member.ReplicationGroupRegion && id === member.ReplicationGroupId,
  );

/** Returns the level of a lag in seconds. The limits of one and of ten seconds are a choice of this page. */
export function levelOf(seconds: number | null | undefined): LagLevel {
  if (typeof seconds !== 'number') return { name: 'unknown', word: 'lag not known', width: 2 };
  if (seconds < 1) return { name: 'close', word: 'in step', width: 2 };
  if (seconds < 10) return { name: 'behind', word: 'a little behind', width: 4 };
  return { name: 'far', word: 'far behind', width: 7 };
}

/** Returns a lag in seconds as text. */
export const formatLag = (seconds: number | null | undefined): string =>
  typeof seconds === 'number' ? `${seconds < 10 ? Math.round(seconds * 10) / 10 : Math.round(seconds)} s` : '?';

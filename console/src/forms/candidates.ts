import type { Operations } from '@global-datastore/client';
import { reads } from '../api.ts';
import { usePoll } from '../poll.ts';
import type { Values } from './values.ts';

const pollMs = 60_000;

/** Returns the replication groups that may become the primary of a new datastore: those of the region that belong to none. */
export function useCandidates(operation: keyof Operations, input: Values): Readonly<Record<string, readonly string[]>> {
  const isCreate = operation === 'createGlobalDatastore';
  const { PrimaryReplicationGroupRegion: region } = input as { readonly PrimaryReplicationGroupRegion?: string };
  const { value = [] } = usePoll(
    (signal) => (isCreate ? readCandidates(region, signal) : Promise.resolve([])),
    pollMs,
    [isCreate, region],
  );
  return isCreate ? { PrimaryReplicationGroupId: value } : {};
}

async function readCandidates(Region: string | undefined, signal: AbortSignal): Promise<string[]> {
  const { ReplicationGroups: groups } = await reads.listReplicationGroups({ ...(Region && { Region }) }, { signal });
  return groups
    .filter(({ GlobalReplicationGroupInfo: info }) => !info?.GlobalReplicationGroupId)
    .map(({ ReplicationGroupId }) => ReplicationGroupId);
}

import type { FromSchema } from 'json-schema-to-ts';
import { writerOf } from '../../datastores/endpoints.ts';
import { foundValue, lookup } from '../../datastores/lookup.ts';
import { findReplicationGroup } from '../../datastores/replicationGroup.ts';
import type { evacuationResult } from '../../schemas/operation.ts';
import type { Moved } from './evacuationStep.ts';

/** How an evacuation has moved the writes of a datastore, and the replication group that takes them. */
export interface EvacuationOutcome {
  readonly Way: Moved['Way'];
  readonly Writer: FromSchema<typeof evacuationResult.Writer>;
}

/** Returns an outcome with the address of the writer. Never throws: a failed read leaves the address out. */
export async function findOutcome(signal: AbortSignal, { Way, To }: Moved): Promise<EvacuationOutcome> {
  const { ReplicationGroupRegion: Region, ReplicationGroupId } = To;
  const group = foundValue(await lookup(findReplicationGroup(signal, Region, ReplicationGroupId)));
  const { Address, Port } = (group && writerOf({ ...group, region: Region })) ?? {};
  return { Way, Writer: { Region, ReplicationGroupId, Address, Port } };
}

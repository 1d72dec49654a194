import { config } from '../config.ts';

/** What the data plane of a local emulator returns of a datastore. ElastiCache does not show it. */
interface LocalDatastore {
  readonly GlobalReplicationGroupId: string;
  readonly WriterPort: number;
  readonly LastFailover?: MeasuredFailover;
}

/** What a data plane has measured of a failover. */
export interface MeasuredFailover {
  /** When the new primary took its first write. */
  readonly WritableAt: string;
  /** The writes that the former primary took and the new one does not have. */
  readonly LostWrites: number;
}

/** Returns the local address that always leads to the current primary. Undefined on AWS. */
export async function findFixedWriter(signal: AbortSignal, id: string) {
  const datastore = await readDatastore(signal, id);
  return datastore && { Address: 'localhost', Port: datastore.WriterPort };
}

/** Returns what was measured of the last failover since the time. Empty on AWS, and without one. */
export async function readMeasuredFailover(
  signal: AbortSignal,
  id: string,
  since: string,
): Promise<Partial<MeasuredFailover>> {
  const { LastFailover } = (await readDatastore(signal, id)) ?? {};
  if (!LastFailover || LastFailover.WritableAt < since) return {};
  return { WritableAt: LastFailover.WritableAt, LostWrites: LastFailover.LostWrites };
}

/** Never throws. Returns undefined without a data plane or without its response. */
async function readDatastore(signal: AbortSignal, id: string): Promise<LocalDatastore | undefined> {
  if (config.dataPlaneUrl === undefined) return undefined;
  try {
    const response = await fetch(config.dataPlaneUrl, { signal });
    const { Datastores } = (await response.json()) as { readonly Datastores: readonly LocalDatastore[] };
    return Datastores.find(({ GlobalReplicationGroupId }) => GlobalReplicationGroupId === id);
  } catch {
    return undefined;
  }
}

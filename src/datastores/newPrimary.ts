import { config } from '../config.ts';

/** The replication group over which a datastore is created. */
export interface NewPrimary {
  readonly PrimaryReplicationGroupRegion: string;
  readonly PrimaryReplicationGroupId: string;
}

/** Returns the primary in the body of a request for a new datastore. By default it is in the region of the API. */
export function newPrimaryIn(body: unknown): NewPrimary {
  const { PrimaryReplicationGroupRegion = config.region, PrimaryReplicationGroupId } = body as NewPrimary;
  return { PrimaryReplicationGroupRegion, PrimaryReplicationGroupId };
}

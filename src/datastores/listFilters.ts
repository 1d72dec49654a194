import type { ReplicationGroup } from '@aws-sdk/client-elasticache';
import type { GlobalDatastore } from './globalDatastore.ts';

/** What a list is filtered by. A filter that is left out matches everything. */
export interface ListFilters {
  readonly Status?: string;
  readonly Region?: string;
  readonly NamePrefix?: string;
}

/** Returns a predicate for the datastores that match all filters. */
export const matchesFilters =
  ({ Status, Region, NamePrefix }: ListFilters) =>
  (datastore: GlobalDatastore): boolean =>
    isSame(Status, datastore.Status) &&
    (Region === undefined || hasMemberIn(datastore, Region)) &&
    hasNamePrefix(NamePrefix, datastore.GlobalReplicationGroupId);

/** Returns a predicate for the replication groups that match all filters. */
export const matchesGroupFilters =
  ({ Status, NamePrefix }: Omit<ListFilters, 'Region'>) =>
  (group: ReplicationGroup): boolean =>
    isSame(Status, group.Status) && beginsWith(NamePrefix, group.ReplicationGroupId);

/** Returns whether the id of a datastore begins with this text, with or without the prefix that AWS gives it (`ldgnf-`). */
export const hasNamePrefix = (prefix: string | undefined, id: string): boolean =>
  beginsWith(prefix, id) || beginsWith(prefix, id.slice(id.indexOf('-') + 1));

const isSame = (wanted: string | undefined, actual: string | undefined): boolean =>
  wanted === undefined || wanted === actual;

const hasMemberIn = ({ Members = [] }: GlobalDatastore, region: string): boolean =>
  Members.some(({ ReplicationGroupRegion }) => ReplicationGroupRegion === region);

const beginsWith = (prefix: string | undefined, name = ''): boolean =>
  prefix === undefined || name.toLowerCase().startsWith(prefix.toLowerCase());

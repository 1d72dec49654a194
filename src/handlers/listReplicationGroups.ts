import { DescribeReplicationGroupsCommand, type ReplicationGroup } from '@aws-sdk/client-elasticache';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { matchesGroupFilters } from '../datastores/listFilters.ts';
import { toReplicationGroup } from '../datastores/replicationGroup.ts';
import { defineHandler } from '../http/defineHandler.ts';
import { ok } from '../http/responses.ts';
import { filterOwnedGroups, type Warning } from '../policy/owners.ts';
import { listReplicationGroups } from '../schemas/listReplicationGroups.ts';

export const handler = defineHandler(listReplicationGroups, async ({ query, signal, event }) => {
  const { Region, MaxRecords } = query;
  let { Marker } = query;
  const Warnings: Warning[] = [];
  let owned: readonly ReplicationGroup[] = [];

  for (let page = 1; page <= maxPagesOfGroups && owned.length === 0 && (page === 1 || Marker); page++) {
    const { ReplicationGroups = [], Marker: next } = await elastiCache(signal, Region).send(
      new DescribeReplicationGroupsCommand({ MaxRecords, Marker }),
    );
    Marker = next;
    const matching = ReplicationGroups.filter(matchesGroupFilters(query));
    const part = globalThis.POLICY_HAS_OWNERS === false ? undefined : await filterOwnedGroups(signal, event, matching);
    owned = part?.owned ?? matching;
    Warnings.push(...(part?.warnings ?? []));
  }

  return ok({ ReplicationGroups: owned.map(toReplicationGroup), Marker, ...(Warnings.length > 0 && { Warnings }) });
});

/** The limit on pages that are read for one response, if no replication group of the caller's owner matches the filters. */
const maxPagesOfGroups = 3;

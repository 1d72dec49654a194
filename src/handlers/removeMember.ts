import { DisassociateGlobalReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { callWithRegionFallback, regionsFrom } from '../aws/multiRegion.ts';
import { findGlobalDatastore, requireGlobalDatastore } from '../datastores/globalDatastore.ts';
import { assertIsMember, findMember } from '../datastores/members.ts';
import { retainedResourcesOf } from '../datastores/retainedResources.ts';
import { defineChange } from '../http/defineChange.ts';
import { acceptedAt } from '../http/responses.ts';
import { preflight } from '../preflight/removeMember.ts';
import { removeMember } from '../schemas/removeMember.ts';

export const handler = defineChange(removeMember, {
  preflight,
  load: ({ path, signal }) => findGlobalDatastore(signal, path.GlobalReplicationGroupId),
  isApplied: ({ GlobalReplicationGroup }, { path }, snapshot) =>
    findMember(snapshot?.GlobalReplicationGroup, path) !== undefined &&
    findMember(GlobalReplicationGroup, path)?.Status !== 'associated',
  isAppliedIfDeleted: true,
  findDeviation: ({ GlobalReplicationGroup }, { path }) =>
    findMember(GlobalReplicationGroup, path) && {
      detail: `${path.ReplicationGroupRegion}/${path.ReplicationGroupId} is still a member.`,
    },
  assertAllowed: ({ GlobalReplicationGroup }, { path }) => assertIsMember(GlobalReplicationGroup, path),
  execute: ({ path, signal }) =>
    callWithRegionFallback(signal, regionsFrom(path.ReplicationGroupRegion), (region, regionSignal) =>
      elastiCache(regionSignal, region).send(new DisassociateGlobalReplicationGroupCommand(path)),
    ),
  respond: async ({ GlobalReplicationGroup }, { path, signal }) => {
    const datastore = requireGlobalDatastore(GlobalReplicationGroup);
    const Result = await retainedResourcesOf(signal, [path], path.GlobalReplicationGroupId);
    return acceptedAt(path.GlobalReplicationGroupId, { GlobalReplicationGroup: datastore, Result });
  },
});

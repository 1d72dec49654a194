import { findGlobalDatastore } from '../datastores/globalDatastore.ts';
import { api, ok } from '../http/defineHandler.ts';
import { etagOf } from '../http/etag.ts';
import { applied, isStable, untilStable, waitSeconds } from '../http/preferHeader.ts';
import { globalDatastoreAnswer } from '../schemas/globalDatastore.ts';
import type { Route } from '../schemas/route.ts';

export const route = {
  method: 'GET',
  path: '/global-datastores/{GlobalReplicationGroupId}',
  summary: 'Show a datastore with its members',
  description: 'With Prefer: wait=N the answer waits until nothing is under way, N seconds at most.',
  calls: ['DescribeGlobalReplicationGroups'],
  headers: ['If-None-Match', 'Prefer'],
  responses: { 200: globalDatastoreAnswer },
} as const satisfies Route;

export const handler = api(route, async ({ path, event, signal, endsAt }) => {
  const { GlobalReplicationGroupId } = path;
  const { group } = await findGlobalDatastore(signal, GlobalReplicationGroupId);
  const seconds = waitSeconds(event.headers.prefer);
  if (seconds === undefined) return ok({ GlobalReplicationGroup: group }, { etag: etagOf(group) });

  const waited = isStable(group) ? { group } : await untilStable(signal, GlobalReplicationGroupId, seconds, endsAt);
  const seen = waited.group ?? group;
  return ok({ GlobalReplicationGroup: seen }, { etag: etagOf(seen), ...applied(seconds) });
});

import { findGlobalDatastore } from '../datastores/globalDatastore.ts';
import { api, ok } from '../http/defineHandler.ts';
import { etagOf } from '../http/etag.ts';
import { applied, isStable, untilStable, waitSeconds } from '../http/preferHeader.ts';
import { getGlobalDatastore } from '../schemas/getGlobalDatastore.ts';

export const handler = api(getGlobalDatastore, async ({ path, event, signal, endsAt }) => {
  const { GlobalReplicationGroupId } = path;
  const { group } = await findGlobalDatastore(signal, GlobalReplicationGroupId);
  const seconds = waitSeconds(event.headers.prefer);
  if (seconds === undefined) return ok({ GlobalReplicationGroup: group }, { etag: etagOf(group) });

  const waited = isStable(group) ? { group } : await untilStable(signal, GlobalReplicationGroupId, seconds, endsAt);
  const seen = waited.group ?? group;
  return ok({ GlobalReplicationGroup: seen }, { etag: etagOf(seen), ...applied(seconds) });
});

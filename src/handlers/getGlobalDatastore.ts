import { findGlobalDatastore } from '../datastores/globalDatastore.ts';
import { defineHandler, ok } from '../http/defineHandler.ts';
import { computeEtag } from '../http/etag.ts';
import { isStable, parsePreferWait, preferenceApplied, waitUntilStable } from '../http/preferHeader.ts';
import { getGlobalDatastore } from '../schemas/getGlobalDatastore.ts';

export const handler = defineHandler(getGlobalDatastore, async ({ path, event, signal, endsAt }) => {
  const { GlobalReplicationGroupId } = path;
  const { group } = await findGlobalDatastore(signal, GlobalReplicationGroupId);
  const seconds = parsePreferWait(event.headers.prefer);
  if (seconds === undefined) return ok({ GlobalReplicationGroup: group }, { etag: computeEtag(group) });

  const waited = isStable(group) ? { group } : await waitUntilStable(signal, GlobalReplicationGroupId, seconds, endsAt);
  const seen = waited.group ?? group;
  return ok({ GlobalReplicationGroup: seen }, { etag: computeEtag(seen), ...preferenceApplied(seconds) });
});

import { findGlobalDatastore } from '../datastores/globalDatastore.ts';
import { isStable } from '../datastores/status.ts';
import { waitUntilStable } from '../datastores/waitUntilStable.ts';
import { defineHandler } from '../http/defineHandler.ts';
import { computeEtag } from '../http/etag.ts';
import { suffixHint } from '../http/middleware/suffixHint.ts';
import { parsePreferWait, preferenceApplied } from '../http/preferHeader.ts';
import { ok } from '../http/responses.ts';
import type { ApiRequest } from '../schemas/apiRequest.ts';
import { getGlobalDatastore } from '../schemas/getGlobalDatastore.ts';

export const handler = defineHandler(getGlobalDatastore, readUntilStable, [suffixHint()]);

async function readUntilStable({ path, event, signal, endsAt }: ApiRequest<typeof getGlobalDatastore>) {
  const { GlobalReplicationGroupId: id } = path;
  const first = (await findGlobalDatastore(signal, id)).GlobalReplicationGroup;
  const seconds = parsePreferWait(event.headers.prefer);
  if (seconds === undefined) return ok({ GlobalReplicationGroup: first }, { etag: computeEtag(first) });

  const result = isStable(first) ? undefined : await waitUntilStable(signal, id, seconds, endsAt);
  const GlobalReplicationGroup = result?.datastore ?? first;
  return ok({ GlobalReplicationGroup }, { etag: computeEtag(GlobalReplicationGroup), ...preferenceApplied(seconds) });
}

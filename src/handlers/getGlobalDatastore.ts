import { findGlobalDatastore, type GlobalDatastore } from '../datastores/globalDatastore.ts';
import { isStable } from '../datastores/status.ts';
import { defineHandler } from '../http/defineHandler.ts';
import { computeEtag, isNotModified } from '../http/etag.ts';
import { suffixHint } from '../http/middleware/suffixHint.ts';
import { parsePreferWait, preferenceApplied } from '../http/preferHeader.ts';
import { ok } from '../http/responses.ts';
import { waitFor } from '../http/waitFor.ts';
import type { ApiRequest } from '../schemas/apiRequest.ts';
import { getGlobalDatastore } from '../schemas/getGlobalDatastore.ts';

export const handler = defineHandler(getGlobalDatastore, readOrWait, [suffixHint()]);

async function readOrWait({ path, event, signal, endsAt }: ApiRequest<typeof getGlobalDatastore>) {
  const read = async () => (await findGlobalDatastore(signal, path.GlobalReplicationGroupId)).GlobalReplicationGroup;
  const first = await read();
  const seconds = parsePreferWait(event.headers.prefer);
  if (seconds === undefined) return ok({ GlobalReplicationGroup: first }, { etag: computeEtag(first) });

  const isAwaited = isAwaitedBy(event.headers['if-none-match']);
  const GlobalReplicationGroup = await waitFor(first, read, isAwaited, { seconds, endsAt });
  return ok({ GlobalReplicationGroup }, { etag: computeEtag(GlobalReplicationGroup), ...preferenceApplied(seconds) });
}

/** Returns the predicate that a request waits for: another entity tag, or without `If-None-Match` no change in progress. */
const isAwaitedBy = (ifNoneMatch: string | undefined) =>
  ifNoneMatch === undefined
    ? isStable
    : (datastore: GlobalDatastore): boolean => !isNotModified(ifNoneMatch, computeEtag(datastore));

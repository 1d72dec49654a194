import type { GlobalReplicationGroup } from '@aws-sdk/client-elasticache';
import { type Answer, type ApiRequest, api, type Handle } from './api.ts';
import { etagOf, namesTag } from './etag.ts';
import { findGlobalDatastore, type SureGlobalReplicationGroup } from './globalDatastore.ts';
import { applied, untilStable, waitSeconds } from './prefer.ts';
import { Problem } from './problem.ts';
import type { Route } from './route.ts';

/** What the answer shows once a change is through; `group` is the datastore as it then is. */
type Show<R extends Route> = (request: ApiRequest<R>, group: SureGlobalReplicationGroup) => Promise<object>;

/**
 * The Lambda handler of a route that changes a datastore: as `api`, and it keeps to `If-Match` before the change and to
 * `Prefer: wait` after it. A change that is through in time is answered 200 with the datastore as it is then, else 202.
 */
export function change<const R extends Route>(
  route: R,
  handle: Handle<R>,
  show: Show<R> = async (_, GlobalReplicationGroup) => ({ GlobalReplicationGroup }),
) {
  return api(route, async (request) => {
    await refuseUnlessMatching(request);
    const answer = await handle(request);
    return answer.status === 202 ? whenThrough(request, answer, show) : answer;
  });
}

interface Addressed {
  readonly GlobalReplicationGroupId?: string;
}

/** Lets a change through only onto the state that the caller has seen (RFC 9110 §13.1.1). */
async function refuseUnlessMatching<R extends Route>({ event, path, signal }: ApiRequest<R>): Promise<void> {
  const seen = event.headers['if-match'];
  const { GlobalReplicationGroupId } = path as Addressed;
  if (!seen || !GlobalReplicationGroupId) return;

  const etag = etagOf((await findGlobalDatastore(signal, GlobalReplicationGroupId)).group);
  if (namesTag(seen, etag)) return;
  throw new Problem('PreconditionFailed', `The datastore has changed since: its entity tag is ${etag} now.`, {
    headers: { etag },
  });
}

async function whenThrough<R extends Route>(
  request: ApiRequest<R>,
  answer: Answer<R>,
  show: Show<R>,
): Promise<Answer<R>> {
  const seconds = waitSeconds(request.event.headers.prefer);
  if (seconds === undefined) return answer;

  const id = answer.headers?.location?.split('/').at(-1) ?? '';
  const { group, stable, gone } = await untilStable(request.signal, id, seconds, request.endsAt);
  const headers = { ...answer.headers, ...applied(seconds) };
  if (gone) return through(headers, shownLast(answer)) as Answer<R>;
  if (!group) return { ...answer, headers };
  const body = { ...(answer.body as object), ...(await show(request, group)) };
  return (stable ? through(headers, body) : { status: 202, headers, body }) as Answer<R>;
}

/** The answer of a change that is through: nothing to come back for. */
function through({ 'retry-after': _, ...headers }: Record<string, string>, body: object) {
  return { status: 200, headers, body };
}

/** A datastore that is gone, as it was last seen. */
function shownLast<R extends Route>(answer: Answer<R>): { GlobalReplicationGroup: GlobalReplicationGroup } {
  const { GlobalReplicationGroup } = answer.body as { GlobalReplicationGroup: GlobalReplicationGroup };
  return { GlobalReplicationGroup: { ...GlobalReplicationGroup, Status: 'deleted' } };
}

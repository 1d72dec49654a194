import { getExecution } from '../aws/durableExecutions.ts';
import { config } from '../config.ts';
import { defineHandler } from '../http/defineHandler.ts';
import { computeOperationEtag, isNotModified } from '../http/etag.ts';
import { parsePreferWait, preferenceApplied } from '../http/preferHeader.ts';
import { ok } from '../http/responses.ts';
import { waitFor } from '../http/waitFor.ts';
import { findOperation } from '../operations/findOperation.ts';
import { viewOperation } from '../operations/operationView.ts';
import { ownsDatastore } from '../policy/owners.ts';
import type { ApiRequest } from '../schemas/apiRequest.ts';
import { getOperation } from '../schemas/getOperation.ts';

export const handler = defineHandler(getOperation, async (request) => {
  const { path, event, signal } = request;
  const seconds = parsePreferWait(event.headers.prefer);
  const current = await findOperation(signal, path.OperationId);
  const { Operation, etag } =
    seconds === undefined ? await view(request, current) : await waitAndView(request, current, seconds);
  return ok(
    { Operation },
    {
      etag,
      ...(Operation.Status === 'RUNNING' && { 'retry-after': String(config.retryAfterSeconds) }),
      ...(seconds !== undefined && preferenceApplied(seconds)),
    },
  );
});

type Request = ApiRequest<typeof getOperation>;
type Execution = Awaited<ReturnType<typeof findOperation>>;

/** Waits until the operation has ended, or with `If-None-Match` until its entity tag is another one. */
async function waitAndView(request: Request, current: Execution, seconds: number) {
  const { event, signal, endsAt } = request;
  const ifNoneMatch = event.headers['if-none-match'];
  const read = () => getExecution(signal, current.DurableExecutionArn);
  if (ifNoneMatch === undefined)
    return view(request, await waitFor(current, read, ({ Status }) => Status !== 'RUNNING', { seconds, endsAt }));

  const hasChanged = ({ isWhole, etag }: View) => isWhole && !isNotModified(ifNoneMatch, etag);
  const limits = { seconds, endsAt, intervalMs: pollsPerView * config.pollMs };
  return waitFor(await view(request, current), async () => view(request, await read()), hasChanged, limits);
}

/** A view takes several calls, one of which AWS limits to about 15 per second of an account. */
const pollsPerView = 2;

/** Returns the operation as it is shown, with its entity tag, and whether all parts of it could be read. */
async function view({ event, signal }: Request, execution: Execution) {
  const shown = await viewOperation(signal, execution, (id) => ownsDatastore(signal, event, id));
  return { ...shown, etag: computeOperationEtag(shown.Operation) };
}

type View = Awaited<ReturnType<typeof view>>;

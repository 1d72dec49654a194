import { getExecution } from '../aws/durableExecutions.ts';
import { config } from '../config.ts';
import { defineHandler } from '../http/defineHandler.ts';
import { parsePreferWait, preferenceApplied } from '../http/preferHeader.ts';
import { ok } from '../http/responses.ts';
import { pollUntil } from '../lib/pollUntil.ts';
import { findOperation } from '../operations/findOperation.ts';
import { toOperation } from '../operations/operationView.ts';
import { ownsDatastore } from '../policy/owners.ts';
import { getOperation } from '../schemas/getOperation.ts';

export const handler = defineHandler(getOperation, async ({ path, event, signal, endsAt }) => {
  const current = await findOperation(signal, path.OperationId);
  const seconds = parsePreferWait(event.headers.prefer);
  const execution = seconds === undefined ? current : await waitUntilEnded(signal, current, seconds, endsAt);
  const Operation = await toOperation(signal, execution, (id) => ownsDatastore(signal, event, id));
  return ok(
    { Operation },
    {
      ...(Operation.Status === 'RUNNING' && { 'retry-after': String(config.retryAfterSeconds) }),
      ...(seconds !== undefined && preferenceApplied(seconds)),
    },
  );
});

/** Returns the execution once it has ended, or as last read. A read that fails does not end the wait. */
async function waitUntilEnded(
  signal: AbortSignal,
  current: Execution,
  seconds: number,
  endsAt: number,
): Promise<Execution> {
  let last = current;
  const hasEnded = () => last.Status !== 'RUNNING';
  const readOnce = async () => {
    last = await getExecution(signal, current.DurableExecutionArn).catch(() => last);
    return hasEnded();
  };
  if (!hasEnded()) await pollUntil(seconds, endsAt, readOnce);
  return last;
}

type Execution = Awaited<ReturnType<typeof findOperation>>;

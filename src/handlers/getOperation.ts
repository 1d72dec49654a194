import { getExecution } from '../aws/durableExecutions.ts';
import { config } from '../config.ts';
import { defineHandler, ok } from '../http/defineHandler.ts';
import { parsePreferWait, pollUntil, preferenceApplied } from '../http/preferHeader.ts';
import { findOperation } from '../operations/operations.ts';
import { toOperation } from '../operations/operationView.ts';
import { getOperation } from '../schemas/getOperation.ts';

export const handler = defineHandler(getOperation, async ({ path, event, signal, endsAt }) => {
  const found = await findOperation(signal, path.OperationId);
  const seconds = parsePreferWait(event.headers.prefer);
  const execution = seconds === undefined ? found : await untilEnded(signal, found, seconds, endsAt);
  const Operation = await toOperation(signal, execution);
  return ok(
    { Operation },
    {
      ...(Operation.Status === 'RUNNING' && { 'retry-after': String(config.retryAfterSeconds) }),
      ...(seconds !== undefined && preferenceApplied(seconds)),
    },
  );
});

/** The execution once it has ended, or as last seen. A look that fails is no end: the next one may succeed. */
async function untilEnded(signal: AbortSignal, found: Execution, seconds: number, endsAt: number): Promise<Execution> {
  let last = found;
  const isOver = () => last.Status !== 'RUNNING';
  const look = async () => {
    last = await getExecution(signal, found.DurableExecutionArn).catch(() => last);
    return isOver();
  };
  if (!isOver()) await pollUntil(seconds, endsAt, look);
  return last;
}

type Execution = Awaited<ReturnType<typeof findOperation>>;

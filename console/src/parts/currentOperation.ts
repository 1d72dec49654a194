import type { Operation, Operations } from '@global-datastore/client';
import { html } from 'htm/preact';
import { reads } from '../api.ts';
import { holdSeconds, pauseOfHeldReads, usePoll, useRefreshAfter } from '../poll.ts';
import { OperationPanel } from './operationPanel.ts';

interface Props {
  /** The operations of the datastore. Undefined until they are read. */
  readonly operations: Operations['listOperations']['output']['Operations'] | undefined;
}

/** The time for which an operation that has ended is shown at the top. The timeline keeps it. */
const shownAfterEndMs = 600_000;

/** Shows the operation that runs, or ended within `shownAfterEndMs`. */
export function CurrentOperation({ operations = [] }: Props) {
  const [latest] = operations.toSorted((a, b) => b.StartedAt.localeCompare(a.StartedAt));
  const OperationId = latest?.OperationId;
  const { value: { operation } = {} } = usePoll<TaggedOperation>(
    (signal, before) => readOperation(OperationId, signal, before),
    pauseOfHeldReads,
    [OperationId],
  );
  useRefreshAfter(operation?.Status);
  const isOfNow = operation && !(Date.parse(operation.EndedAt ?? '') < Date.now() - shownAfterEndMs);
  return isOfNow ? html`<${OperationPanel} operation=${operation} />` : null;
}

interface TaggedOperation {
  readonly operation?: Operation;
  readonly etag?: string;
}

/** Reads an operation as `readDatastore` does. One that has ended is not read again. */
async function readOperation(
  OperationId: string | undefined,
  signal: AbortSignal,
  before: TaggedOperation = {},
): Promise<TaggedOperation> {
  if (!OperationId || before.operation?.EndedAt) return before;
  const options = { signal, ...(before.etag && { wait: holdSeconds, ifNoneMatch: before.etag }) };
  const answer = await reads.readIfChanged('getOperation', { OperationId }, options);
  return answer ? { operation: answer.body.Operation, etag: answer.etag ?? '' } : before;
}

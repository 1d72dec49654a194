import { type Execution, LambdaClient, ListDurableExecutionsByFunctionCommand } from '@aws-sdk/client-lambda';
import { datastoreIdOf } from '../../src/operations/operations.ts';

/** An operation that has not ended. */
export interface RunningOperation {
  readonly id: string;
  readonly datastore: string;
  readonly startedAt: string;
}

/** Returns the operations that the stack of a region runs. A stack without the function runs none. */
export async function findRunningOperations(region: string, stack: string): Promise<RunningOperation[]> {
  const client = new LambdaClient({ region });
  const executions: Execution[] = [];
  let Marker: string | undefined;
  do {
    const filter = { FunctionName: `${stack}-reconcile`, Statuses: ['RUNNING' as const], Marker };
    const page = await client.send(new ListDurableExecutionsByFunctionCommand(filter)).catch(noneWithoutFunction);
    executions.push(...(page.DurableExecutions ?? []));
    Marker = page.NextMarker;
  } while (Marker);
  return executions.map(toOperation);
}

function noneWithoutFunction(error: Error): { DurableExecutions?: Execution[]; NextMarker?: string } {
  if (error.name === 'ResourceNotFoundException') return {};
  throw error;
}

const toOperation = ({ DurableExecutionName: id = '', StartTimestamp }: Execution): RunningOperation => ({
  id,
  datastore: datastoreIdOf(id),
  startedAt: StartTimestamp?.toISOString() ?? 'an unknown time',
});

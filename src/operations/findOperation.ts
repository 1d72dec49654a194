import type { GetDurableExecutionCommandOutput } from '@aws-sdk/client-lambda';
import { findExecution, getExecution } from '../aws/durableExecutions.ts';
import { config } from '../config.ts';
import { Problem } from '../problems/problem.ts';

/** Returns the execution of an operation with its input and its result, from whichever region. Throws `OperationNotFound`. */
export async function findOperation(signal: AbortSignal, id: string): Promise<GetDurableExecutionCommandOutput> {
  const problems: unknown[] = [];
  for (const region of config.apiRegions) {
    try {
      const execution = await findExecution(signal, id, region);
      if (execution) return await getExecution(signal, execution.DurableExecutionArn);
    } catch (problem) {
      problems.push(problem);
    }
  }
  throw problems[0] ?? new Problem('OperationNotFound', `Operation ${id} does not exist.`);
}

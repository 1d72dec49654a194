import type { GetDurableExecutionCommandOutput } from '@aws-sdk/client-lambda';
import { findExecution, getExecution } from '../aws/durableExecutions.ts';
import { config } from '../config.ts';
import { Problem } from '../problems/problem.ts';
import { isEvacuationId } from './evacuation/evacuation.ts';

/** Returns the execution of an operation with its input and its result, from whichever region. Throws `OperationNotFound`. */
export async function findOperation(signal: AbortSignal, id: string): Promise<GetDurableExecutionCommandOutput> {
  const found = isEvacuationId(id) ? undefined : await findInApiRegions(signal, id);
  return found ?? throwProblem(new Problem('OperationNotFound', `Operation ${id} does not exist.`));
}

/** Returns the execution of an evacuation as `findOperation` does. Throws `EvacuationNotFound`. */
export async function findEvacuation(signal: AbortSignal, id: string): Promise<GetDurableExecutionCommandOutput> {
  const found = isEvacuationId(id) ? await findInApiRegions(signal, id) : undefined;
  return found ?? throwProblem(evacuationNotFound(id));
}

/** Returns the problem of an evacuation that does not exist, or that the caller may not read. */
export const evacuationNotFound = (id: string): Problem =>
  new Problem('EvacuationNotFound', `Evacuation ${id} does not exist.`);

/** Returns the execution of this name from the first region of the API that has it. Throws if a region does not respond. */
async function findInApiRegions(
  signal: AbortSignal,
  id: string,
): Promise<GetDurableExecutionCommandOutput | undefined> {
  const problems: unknown[] = [];
  for (const region of config.apiRegions) {
    try {
      const execution = await findExecution(signal, id, region);
      if (execution) return await getExecution(signal, execution.DurableExecutionArn);
    } catch (problem) {
      problems.push(problem);
    }
  }
  if (problems.length > 0) throw problems[0];
  return undefined;
}

function throwProblem(problem: Problem): never {
  throw problem;
}

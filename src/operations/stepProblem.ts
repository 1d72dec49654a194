import { Problem } from '../problems/problem.ts';
import { type ProblemType, problemType } from '../problems/problemTypes.ts';

/** The last error that delayed a run. */
export interface Refusal {
  readonly At: string;
  readonly Code: string;
  readonly Detail: string;
  readonly Region?: string;
  readonly RequestId?: string;
}

/** Converts a problem to a part of the progress, without internal names. */
export const refusalOf = (problem: Problem, At: string): Refusal => ({
  At,
  Code: problem.code,
  Detail: publicMessage(problem),
  Region: problem.upstream?.region,
  RequestId: problem.upstream?.requestId,
});

/** Returns the title in place of the message of a server error. The message may hold internal names. */
export const publicMessage = ({ code, status, message }: Problem): string =>
  status < 500 ? message : `${problemType(code).title}.`;

/** Returns whether the same call may succeed later. */
export function isTemporary({ code, status }: Problem): boolean {
  const { retry }: ProblemType = problemType(code);
  return retry || status > 500;
}

/** Returns an error as a problem. */
export function toStepProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem('InternalError', error instanceof Error ? error.message : String(error), { cause: error });
}

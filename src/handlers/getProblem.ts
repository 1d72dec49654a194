import { defineHandler } from '../http/defineHandler.ts';
import { ok } from '../http/responses.ts';
import { Problem } from '../problems/problem.ts';
import { AWS_PROBLEMS, type Code, PROBLEM_TYPES, problemType } from '../problems/problemTypes.ts';
import { getProblem } from '../schemas/getProblem.ts';

export const handler = defineHandler(getProblem, async ({ path: { Code } }) => {
  if (!Object.hasOwn(PROBLEM_TYPES, Code)) throw new Problem('ProblemNotFound', `Problem type ${Code} does not exist.`);
  const { status, title, advice, retry, retryAfter, command } = problemType(Code as Code);
  return ok({
    Problem: {
      Code,
      Status: status,
      Title: title,
      Origin: Object.hasOwn(AWS_PROBLEMS, Code) ? ('ElastiCache' as const) : ('API' as const),
      Advice: advice,
      Retry: retry,
      RetryAfterSeconds: retryAfter,
      Command: command,
    },
  });
});

import { api, ok } from '../http/defineHandler.ts';
import { Problem } from '../problems/problem.ts';
import { type Code, faultRow, faults, modelled } from '../problems/problemTypes.ts';
import { getProblem } from '../schemas/getProblem.ts';

export const handler = api(getProblem, async ({ path: { Code } }) => {
  if (!Object.hasOwn(faults, Code)) throw new Problem('ProblemNotFound', `No problem has the code ${Code}.`);
  const { status, title, advice, retry, retryAfter, mend } = faultRow(Code as Code);
  return ok({
    Problem: {
      Code,
      Status: status,
      Title: title,
      Origin: Object.hasOwn(modelled, Code) ? ('ElastiCache' as const) : ('API' as const),
      Advice: advice,
      Retry: retry,
      RetryAfterSeconds: retryAfter,
      Command: mend,
    },
  });
});

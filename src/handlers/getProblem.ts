import { api, ok } from '../http/defineHandler.ts';
import { Problem } from '../problems/problem.ts';
import { type Code, faultRow, faults, modelled } from '../problems/problemTypes.ts';
import { problemKindAnswer } from '../schemas/problemType.ts';
import type { Route } from '../schemas/route.ts';

export const route = {
  method: 'GET',
  path: '/problems/{Code}',
  summary: 'Explain a kind of problem',
  description: 'Where the `type` of a problem leads.',
  calls: [],
  refuses: ['ProblemNotFound'],
  responses: { 200: problemKindAnswer },
} as const satisfies Route;

export const handler = api(route, async ({ path: { Code } }) => {
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

// Pruned at build time by build/plugins/schemaPruning.ts.
import { problemKindAnswer } from './problemType.ts';
import type { Route } from './route.ts';

/** The contract of getProblem. */
export const getProblem = {
  method: 'GET',
  path: '/problems/{Code}',
  subject: 'none',
  tag: 'This API',
  summary: 'Explain a kind of problem',
  description: 'Where the `type` of a problem leads.',
  awsActions: [],
  problems: ['ProblemNotFound'],
  responses: { 200: problemKindAnswer },
} as const satisfies Route;

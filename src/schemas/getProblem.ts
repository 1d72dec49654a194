// Pruned at build time by build/plugins/schemaPruning.ts.
import { problemKindAnswer } from './problemType.ts';
import type { Route } from './route.ts';

/** The contract of getProblem. */
export const getProblem = {
  method: 'GET',
  path: '/problems/{Code}',
  subject: 'none',
  tag: 'This API',
  summary: 'Read the explanation of a problem type',
  description: 'The target of the `type` of a problem.',
  awsActions: [],
  problems: ['ProblemNotFound'],
  responses: { 200: problemKindAnswer },
} as const satisfies Route;

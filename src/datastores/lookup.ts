import { Problem } from '../problems/problem.ts';
import { type ProblemType, problemType } from '../problems/problemTypes.ts';

/** The result of a read: found, missing, or unknown because the read failed. */
export type Lookup<T> =
  | { readonly is: 'found'; readonly value: T }
  | { readonly is: 'missing' | 'unknown'; readonly detail: string };

/** Returns the result of a read. A problem becomes `missing` (404) or `unknown`. Any other error is rethrown. */
export async function lookup<T>(read: Promise<T>): Promise<Lookup<T>> {
  try {
    return { is: 'found', value: await read };
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    const { status, title }: ProblemType = problemType(problem.code);
    const { service = 'ElastiCache' } = problem.upstream ?? {};
    return status === 404
      ? { is: 'missing', detail: problem.message }
      : { is: 'unknown', detail: `${title.replace('ElastiCache', service)}.` };
  }
}

/** Returns whether the resource exists. Undefined if that is unknown. */
export const isFound = ({ is }: Lookup<unknown>): boolean | undefined =>
  is === 'unknown' ? undefined : is === 'found';

/** Returns the value that was found, if any. */
export const foundValue = <T>(result: Lookup<T>): T | undefined => (result.is === 'found' ? result.value : undefined);

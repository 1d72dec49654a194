import { Problem } from '../problems/problem.ts';
import { type ProblemType, problemType } from '../problems/problemTypes.ts';

/** What one rule says of a request. What cannot be known gives `warn`, never `fail`. */
export interface Check {
  readonly Id: string;
  readonly Outcome: 'pass' | 'warn' | 'fail';
  readonly Detail: string;
  /** The place in the body that it is about. */
  readonly Pointer?: string;
}

/** What would happen, and whether it can. */
export interface DryRunResult {
  readonly Checks: readonly Check[];
  readonly Plan: readonly string[];
}

/** What a rule says, whichever way it turns out; `unknown` is for when AWS did not tell. */
interface Details {
  readonly pass: string;
  readonly fail: string;
  readonly unknown?: string;
}

/** The check of a rule that holds (`true`), does not (`false`), or cannot be told (`undefined`). */
export function checkRule(Id: string, holds: boolean | undefined, details: Details, Pointer?: string): Check {
  const place = Pointer === undefined ? {} : { Pointer };
  if (holds === undefined) return { Id, Outcome: 'warn', Detail: details.unknown ?? 'AWS did not tell.', ...place };
  return { Id, Outcome: holds ? 'pass' : 'fail', Detail: holds ? details.pass : details.fail, ...place };
}

/** What was asked of AWS: there, surely not there, or not to be had just now. */
export type Lookup<T> =
  | { readonly is: 'there'; readonly value: T }
  | { readonly is: 'missing' | 'unknown'; readonly said: string };

/** Asks, and takes trouble for an answer. */
export async function lookup<T>(asked: Promise<T>): Promise<Lookup<T>> {
  try {
    return { is: 'there', value: await asked };
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    const { status, title }: ProblemType = problemType(problem.code);
    return status === 404 ? { is: 'missing', said: problem.message } : { is: 'unknown', said: `${title}.` };
  }
}

/** Whether something is there, as `checkRule` takes it. */
export const isFound = ({ is }: Lookup<unknown>): boolean | undefined =>
  is === 'unknown' ? undefined : is === 'there';

/** The value of what is there. */
export const foundValue = <T>(fact: Lookup<T>): T | undefined => (fact.is === 'there' ? fact.value : undefined);

/** Refuses what checks say cannot be. Throws `TopologyRefused` with those that fail. */
export function assertChecksPass(Checks: readonly Check[]): void {
  const checks = Checks.filter(({ Outcome }) => Outcome === 'fail');
  if (checks.length === 0) return;
  throw new Problem('TopologyRefused', checks.map(({ Detail }) => Detail).join(' '), { checks });
}

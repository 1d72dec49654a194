import { config } from '../config.ts';
import { Problem } from '../problems/problem.ts';
import { isUpstreamFailure } from './classifyError.ts';
import { isUnresponsive } from './regionHealth.ts';

/** Asks one region, until `signal` aborts. */
export type RegionCall<T> = (region: string, signal: AbortSignal) => Promise<T>;

/** The regions of the API with this one first. */
export const regionsFrom = (region: string): string[] => [
  region,
  ...config.regions.filter((other) => other !== region),
];

/** Ends with `signal`, and after a short time where another region can be asked instead: a silent one costs so much, no more. */
export const withRegionTimeout = (signal: AbortSignal): AbortSignal =>
  config.regions.length > 1 ? AbortSignal.any([signal, AbortSignal.timeout(config.regionMs)]) : signal;

/**
 * The answer of the first region that gives one, one asked after the other, those last that lately gave none; a refusal is an
 * answer too, unless it is that the datastore is not known there: which regions know one is not documented. Throws, when none
 * answers, what the first one said, or the doubt whether one of them has acted all the same; not found only when all say so.
 */
export async function callWithRegionFallback<T>(
  signal: AbortSignal,
  regions: readonly string[],
  ask: RegionCall<T>,
): Promise<T> {
  const silent: Problem[] = [];
  for (const region of [...regions].sort((a, b) => Number(isUnresponsive(a)) - Number(isUnresponsive(b)))) {
    try {
      return await ask(region, withRegionTimeout(signal));
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (!isUpstreamFailure(problem) && !isNotFound(problem))
        throw problem.with({ possiblyApplied: problem.possiblyApplied ?? silent.find(isUnknown) });
      silent.push(problem);
    }
  }
  throw silent.find(isUnknown) ?? silent.find((problem) => !isNotFound(problem)) ?? silent[0];
}

/** Whether it is AWS's word that there is no such datastore, as far as a region knows. */
export const isNotFound = (error: unknown) =>
  error instanceof Problem && error.code === 'GlobalReplicationGroupNotFoundFault';

const isUnknown = ({ code }: Problem) => code === 'OutcomeUnknown';

/**
 * What the first region has, or else, of all others asked at once, the first that has it; those that lately did not answer
 * are asked when nobody else has it. The others are let go as soon as one has it. Throws every region's problem, in order.
 */
export async function findInAnyRegion<T>(
  signal: AbortSignal,
  regions: readonly string[],
  ask: RegionCall<T>,
): Promise<T> {
  const [first, ...others] = regions.filter((region) => !isUnresponsive(region));
  const rounds = [first === undefined ? [] : [first], others, regions.filter(isUnresponsive)];
  const problems: unknown[] = [];
  for (const round of rounds) {
    const enough = new AbortController();
    const asked = round.map((region) => ask(region, withRegionTimeout(AbortSignal.any([signal, enough.signal]))));
    try {
      return await Promise.any(asked);
    } catch (error) {
      problems.push(...(error as AggregateError).errors);
    } finally {
      enough.abort();
    }
  }
  throw new AggregateError(problems);
}

import { config } from '../config.ts';
import { Problem } from '../problems/problem.ts';
import { isUpstreamFailure } from './classifyError.ts';
import { isUnresponsive } from './regionHealth.ts';

/** A call to one region. It ends when `signal` aborts. */
export type RegionCall<T> = (region: string, signal: AbortSignal) => Promise<T>;

/** Returns the configured regions, with this one first if it is one of them. No other region is ever called. */
export const regionsFrom = (first: string): string[] =>
  config.regions.toSorted((a, b) => Number(b === first) - Number(a === first));

/** Returns the configured regions as `regionsFrom` does, without a region that is lost. */
export const survivingRegions = (lost: string, first: string): string[] =>
  regionsFrom(first).filter((region) => region !== lost);

/**
 * Returns a signal that also aborts after `config.regionMs` if other regions can be tried. This limits the cost of an
 * unresponsive region.
 */
export const withRegionTimeout = (signal: AbortSignal): AbortSignal =>
  config.regions.length > 1 ? AbortSignal.any([signal, AbortSignal.timeout(config.regionMs)]) : signal;

/**
 * Calls one region after the other until one responds, unresponsive regions last. A rejection is a response too and is thrown.
 * Exception: "not found", because AWS does not document in which regions a datastore is visible. If no region responds, throws
 * `OutcomeUnknown` if one may have applied the call, otherwise the first problem. Throws "not found" only if all regions do.
 */
export async function callWithRegionFallback<T>(
  signal: AbortSignal,
  regions: readonly string[],
  call: RegionCall<T>,
): Promise<T> {
  const failures: Problem[] = [];
  for (const region of [...regions].sort((a, b) => Number(isUnresponsive(a)) - Number(isUnresponsive(b)))) {
    try {
      return await call(region, withRegionTimeout(signal));
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (!isUpstreamFailure(problem) && !isNotFound(problem))
        throw problem.with({ possiblyApplied: problem.possiblyApplied ?? failures.find(isUnknown) });
      failures.push(problem);
    }
  }
  throw failures.find(isUnknown) ?? failures.find((problem) => !isNotFound(problem)) ?? failures[0];
}

/** Returns whether an error is the response of a region that the datastore does not exist. */
export const isNotFound = (error: unknown) =>
  error instanceof Problem && error.code === 'GlobalReplicationGroupNotFoundFault';

const isUnknown = ({ code }: Problem) => code === 'OutcomeUnknown';

/**
 * Returns the result of the first region, or else of the fastest of the others, which are called in parallel. Unresponsive
 * regions are called last. Calls that are still running are aborted after a result. Throws an `AggregateError` with the
 * problem of each region, in order.
 */
export async function findInAnyRegion<T>(
  signal: AbortSignal,
  regions: readonly string[],
  call: RegionCall<T>,
): Promise<T> {
  const [first, ...others] = regions.filter((region) => !isUnresponsive(region));
  const rounds = [first === undefined ? [] : [first], others, regions.filter(isUnresponsive)];
  const problems: unknown[] = [];
  for (const round of rounds) {
    const cancellation = new AbortController();
    // only calls that run side by side are cancelled: a signal more is a measurable part of a read
    const cancellable = round.length > 1 ? AbortSignal.any([signal, cancellation.signal]) : signal;
    const calls = round.map((region) => call(region, withRegionTimeout(cancellable)));
    try {
      return await Promise.any(calls);
    } catch (error) {
      problems.push(...(error as AggregateError).errors);
    } finally {
      // without a reason, Node makes an error with a stack
      if (round.length > 1) cancellation.abort('another region has responded');
    }
  }
  throw new AggregateError(problems);
}

import type { ExecutionStatus } from '@aws-sdk/client-lambda';
import { listExecutions, type Page } from '../aws/durableExecutions.ts';
import { config } from '../config.ts';
import { hasNamePrefix } from '../datastores/listFilters.ts';
import { defineHandler } from '../http/defineHandler.ts';
import { ok } from '../http/responses.ts';
import { datastoreIdOf, isForDatastore, isOperation } from '../operations/operations.ts';
import { toOperationSummary } from '../operations/operationView.ts';
import { filterOwnedOperations } from '../policy/owners.ts';
import { Problem } from '../problems/problem.ts';
import { problemType } from '../problems/problemTypes.ts';
import { listOperations } from '../schemas/listOperations.ts';

export const handler = defineHandler(listOperations, async ({ query, signal, event }) => {
  const { GlobalReplicationGroupId, NamePrefix, Status, MaxRecords = 100, Marker: current } = query;
  const cursor: Cursor = current ? JSON.parse(current) : { region: config.region };
  const filter = { statuses: Status && executionStatuses[Status], marker: cursor.marker, limit: MaxRecords };
  const { executions, marker, problem } = await readPage(signal, filter, cursor.region);
  const matching = executions
    .filter(GlobalReplicationGroupId ? isForDatastore(GlobalReplicationGroupId) : isOperation)
    .filter(({ DurableExecutionName = '' }) => hasNamePrefix(NamePrefix, datastoreIdOf(DurableExecutionName)));
  const { owned, warnings } =
    globalThis.POLICY_HAS_OWNERS === false
      ? { owned: matching, warnings: [] }
      : await filterOwnedOperations(signal, event, cursor.region, matching);
  const Operations = owned.map(toOperationSummary).sort((a, b) => (a.StartedAt < b.StartedAt ? 1 : -1));

  const next = marker === undefined ? nextRegion(cursor) : { ...cursor, marker };
  const Marker = next && JSON.stringify(next);
  const ofRegion = problem ? [{ Region: cursor.region, Detail: problemType(problem.code).title }] : [];
  const Warnings = [...ofRegion, ...warnings];
  return ok({ Operations, Marker, ...(Warnings.length > 0 && { Warnings }) });
});

const executionStatuses: Readonly<Record<string, ExecutionStatus[]>> = {
  RUNNING: ['RUNNING'],
  SUCCEEDED: ['SUCCEEDED'],
  FAILED: ['FAILED', 'TIMED_OUT'],
  STOPPED: ['STOPPED'],
};

/** The position of a page: a region of this API and the marker of Lambda in it. */
interface Cursor {
  readonly region: string;
  readonly marker?: string;
}

/** Reads a page of a region. If the API runs in another one, too, a region that does not respond has an empty page. */
async function readPage(
  signal: AbortSignal,
  filter: Parameters<typeof listExecutions>[1],
  region: string,
): Promise<Page & { readonly problem?: Problem }> {
  try {
    return await listExecutions(signal, filter, region);
  } catch (problem) {
    if (!(problem instanceof Problem) || config.apiRegions.length === 1) throw problem;
    return { executions: [], problem };
  }
}

/** Returns the start of the next region. Undefined after the last one. */
function nextRegion({ region }: Cursor): Cursor | undefined {
  const next = config.apiRegions[config.apiRegions.indexOf(region) + 1];
  return next === undefined ? undefined : { region: next };
}

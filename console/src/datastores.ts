import type { GlobalReplicationGroup, Operations, Warning } from '@global-datastore/client';
import { reads } from './api.ts';

type RunningOperation = Operations['listOperations']['output']['Operations'][number];

/** The datastores of all regions, with the running operations. */
export interface ListedDatastores {
  readonly datastores: readonly GlobalReplicationGroup[];
  /** The running operations by the id of their datastore. */
  readonly running: ReadonlyMap<string, RunningOperation>;
  readonly warnings: readonly Warning[];
  /** True if there are more than the page reads. */
  readonly more: boolean;
}

/** The limit on the datastores of a list that are read. */
const maxDatastores = 500;

/** The filters of the API for a list. */
export type ListFilter = Pick<Operations['listGlobalDatastores']['input'], 'Status' | 'Region' | 'NamePrefix'>;

/**
 * Reads the datastores with their members, and the running operations. `show` is called after each page with the datastores so
 * far.
 */
export async function readDatastores(
  signal: AbortSignal,
  filter: ListFilter = {},
  show: (part: ListedDatastores) => void = () => {},
): Promise<ListedDatastores> {
  const [pages, { Operations: operations }] = await Promise.all([
    readPages(signal, filter, (part) => show({ ...part, running: new Map() })),
    reads.listOperations({ Status: 'RUNNING' }, { signal }),
  ]);
  const running = new Map(operations.map((operation) => [operation.GlobalReplicationGroupId, operation]));
  return { ...pages, running };
}

async function readPages(
  signal: AbortSignal,
  filter: ListFilter,
  show: (part: Omit<ListedDatastores, 'running'>) => void,
): Promise<Omit<ListedDatastores, 'running'>> {
  const datastores = new Map<string, GlobalReplicationGroup>(); // a page may repeat one after a region did not respond
  const warnings = new Map<string, Warning>();
  for await (const page of reads.pages('listGlobalDatastores', { ...filter, ShowMemberInfo: true }, { signal })) {
    for (const datastore of page.GlobalReplicationGroups) datastores.set(datastore.GlobalReplicationGroupId, datastore);
    for (const warning of page.Warnings ?? []) warnings.set(`${warning.Region} ${warning.Detail}`, warning);
    show(toListed(datastores, warnings, false));
    if (datastores.size >= maxDatastores) return toListed(datastores, warnings, page.Marker !== undefined);
  }
  return toListed(datastores, warnings, false);
}

const toListed = (
  datastores: ReadonlyMap<string, GlobalReplicationGroup>,
  warnings: ReadonlyMap<string, Warning>,
  more: boolean,
) => ({ datastores: [...datastores.values()], warnings: [...warnings.values()], more });

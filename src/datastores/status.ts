import type { GlobalDatastore } from './globalDatastore.ts';

/** Statuses of a datastore in which no change is in progress and AWS accepts a new one. */
export const STABLE_STATUSES: readonly string[] = ['available', 'primary-only'];

/** Returns whether a datastore or a replication group has failed for good. unverified: AWS documents `create-failed` only for groups. */
export const hasFailed = (resource: { readonly Status: string } | undefined): boolean =>
  resource?.Status.endsWith('failed') ?? false;

/** Returns whether no change is in progress: the datastore is stable and each member is associated. */
export const isStable = ({ Status, Members = [] }: Pick<GlobalDatastore, 'Status' | 'Members'>): boolean =>
  STABLE_STATUSES.includes(Status) && Members.every((member) => member.Status === 'associated');

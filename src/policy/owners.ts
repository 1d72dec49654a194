import type { Execution } from '@aws-sdk/client-lambda';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { getExecution } from '../aws/durableExecutions.ts';
import { config } from '../config.ts';
import { describeGroups, formatGroupName } from '../datastores/describeGroups.ts';
import { findGlobalDatastore, type GlobalDatastore, primaryRegionOf } from '../datastores/globalDatastore.ts';
import { mapInBatches } from '../lib/mapInBatches.ts';
import { logger } from '../observability/logger.ts';
import { parseGoal } from '../operations/goal.ts';
import { Problem } from '../problems/problem.ts';
import { problemType } from '../problems/problemTypes.ts';
import { ANY_OWNER, actsFor, ownersOfCaller } from './callerOwners.ts';
import { type DescribedGroup, findOwnerOfGroup, type OwnerLookup, toOwnerLookup } from './groupOwner.ts';
import { policy } from './policy.ts';

/** The part of a list that a caller may see, and what is missing from it. */
export interface OwnedPart<T> {
  readonly owned: readonly T[];
  readonly warnings: readonly Warning[];
}

/** Something that is missing from a list, by its region. */
export interface Warning {
  readonly Region: string;
  readonly Detail: string;
}

/** Returns the datastores of the caller's owners, with a warning for those whose owner cannot be determined. */
export async function filterOwnedDatastores(
  signal: AbortSignal,
  event: APIGatewayProxyEventV2,
  groups: readonly GlobalDatastore[],
): Promise<OwnedPart<GlobalDatastore>> {
  const caller = ownersOfCaller(event);
  if (caller.includes(ANY_OWNER)) return { owned: groups, warnings: [] };
  if (caller.length === 0) return nothing;
  const owners = await findOwnersOfDatastores(signal, groups);
  return {
    owned: selectOwned(caller, groups, owners),
    warnings: warnLeftOut(caller, groups, owners),
  };
}

/** A datastore with its owner. Undefined if it has none, or if it could not be determined. */
export interface OwnedDatastore {
  readonly group: GlobalDatastore;
  readonly owner?: string;
}

/**
 * Returns the datastores that a caller may change, each with its owner. Only `*` changes those whose owner cannot be
 * determined.
 */
export async function selectChangeable(
  signal: AbortSignal,
  event: APIGatewayProxyEventV2,
  groups: readonly GlobalDatastore[],
): Promise<OwnedPart<OwnedDatastore>> {
  const caller = ownersOfCaller(event);
  if (caller.length === 0) return nothing;
  const owners = policy.OwnerTag ? await findOwnersOfDatastores(signal, groups) : [];
  const all = groups.map((group, index): OwnedDatastore => {
    const owner = owners[index];
    return owner?.is === 'known' ? { group, owner: owner.owner } : { group };
  });
  return {
    owned: all.filter(({ owner }) => actsFor(caller, owner)),
    warnings: caller.includes(ANY_OWNER) ? [] : warnLeftOut(caller, groups, owners),
  };
}

/** Returns a warning for the datastores that are left out because their owner cannot be determined. */
const warnLeftOut = (
  caller: readonly string[],
  groups: readonly GlobalDatastore[],
  owners: readonly OwnerLookup[],
): Warning[] =>
  distinct([
    ...groups.flatMap((group, index) => warnUnknown(listedRegionOf(group), owners[index])),
    ...groups.flatMap((group, index) => warnConflict(caller, group, owners[index])),
  ]);

/** Returns the replication groups of the caller's owners, with a warning for those whose owner cannot be determined. */
export async function filterOwnedGroups<G extends DescribedGroup>(
  signal: AbortSignal,
  event: APIGatewayProxyEventV2,
  groups: readonly G[],
): Promise<OwnedPart<G>> {
  const caller = ownersOfCaller(event);
  if (caller.includes(ANY_OWNER)) return { owned: groups, warnings: [] };
  if (caller.length === 0) return nothing;
  const owners = await mapInBatches(groups, (group) => findOwnerOfGroup(signal, group));
  return {
    owned: selectOwned(caller, groups, owners),
    warnings: distinct(groups.flatMap(({ ARN = '' }, index) => warnUnknown(ARN.split(':')[3], owners[index]))),
  };
}

/**
 * Returns the operations that were made under an owner of the caller, and a warning for those whose owner cannot be determined.
 * The present owner of a datastore of that id does not matter. All of the operations run in one region.
 */
export async function filterOwnedOperations(
  signal: AbortSignal,
  event: APIGatewayProxyEventV2,
  region: string,
  executions: readonly Execution[],
): Promise<OwnedPart<Execution>> {
  const caller = ownersOfCaller(event);
  if (caller.includes(ANY_OWNER)) return { owned: executions, warnings: [] };
  if (caller.length === 0) return nothing;
  const owners = await mapInBatches(executions, ({ DurableExecutionArn }) =>
    findOwnerOfOperation(signal, DurableExecutionArn),
  );
  return {
    owned: selectOwned(caller, executions, owners),
    warnings: distinct(owners.flatMap((owner) => warnUnknown(region, owner))),
  };
}

async function findOwnerOfOperation(signal: AbortSignal, arn: string | undefined): Promise<OwnerLookup> {
  try {
    return toOwnerLookup(parseGoal(await getExecution(signal, arn)).Owner);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    return { is: 'unknown', problem };
  }
}

/** Returns whether the present datastore of an id is of an owner of the caller. False if that cannot be determined. */
export const ownsDatastore = async (signal: AbortSignal, event: APIGatewayProxyEventV2, id: string): Promise<boolean> =>
  globalThis.POLICY_HAS_OWNERS === false || isOwnerOfDatastore(signal, event, id);

async function isOwnerOfDatastore(signal: AbortSignal, event: APIGatewayProxyEventV2, id: string): Promise<boolean> {
  const caller = ownersOfCaller(event);
  if (caller.includes(ANY_OWNER)) return true;
  return actsFor(caller, await findOwnerById(signal, id).catch(() => undefined));
}

/**
 * Returns a predicate for the owners whose audit entries a caller may read: its own, or all for `*`. An entry without an owner was
 * made while its owner was unknown, or before there were owners. Only `*` reads it.
 */
export function readableOwners(event: APIGatewayProxyEventV2): (owner: string | undefined) => boolean {
  const caller = ownersOfCaller(event);
  return (owner) => actsFor(caller, owner);
}

const nothing = { owned: [], warnings: [] } as const;

const selectOwned = <T>(caller: readonly string[], all: readonly T[], owners: readonly OwnerLookup[]): T[] =>
  all.filter((_, index) => {
    const lookup = owners[index];
    return lookup?.is === 'known' && actsFor(caller, lookup.owner);
  });

/**
 * Warns of resources that a list leaves out because their owner is unknown. They are not named: they can be another owner's.
 */
function warnUnknown(Region: string | undefined, lookup: OwnerLookup | undefined): Warning[] {
  if (lookup?.is !== 'unknown' || !Region) return [];
  const { title } = problemType(lookup.problem.code);
  return [{ Region, Detail: `The owners of some resources could not be read. They are left out. ${title}.` }];
}

/** Warns of a datastore that a list leaves out because its members name different owners, if one of them is the caller's. */
function warnConflict(caller: readonly string[], group: GlobalDatastore, lookup: OwnerLookup | undefined): Warning[] {
  if (lookup?.is !== 'none' || !lookup.named.some((owner) => caller.includes(owner))) return [];
  const Detail = `The members of ${group.GlobalReplicationGroupId} have different owners in the tag ${policy.OwnerTag}. It is left out.`;
  return [{ Region: listedRegionOf(group), Detail }];
}

const listedRegionOf = (group: GlobalDatastore): string =>
  primaryRegionOf(group) ?? group.Members?.[0]?.ReplicationGroupRegion ?? config.region;

const distinct = (warnings: readonly Warning[]): Warning[] => [
  ...new Map(warnings.map((warning) => [`${warning.Region} ${warning.Detail}`, warning])).values(),
];

/** Returns the owner of the datastore of this id. Undefined if it has none. Throws if it cannot be determined. */
export async function findOwnerById(signal: AbortSignal, id: string): Promise<string | undefined> {
  const { GlobalReplicationGroup } = await findGlobalDatastore(signal, id);
  const lookup = await findOwnerOfDatastore(signal, GlobalReplicationGroup);
  if (lookup.is === 'unknown') throw lookup.problem;
  return lookup.is === 'known' ? lookup.owner : undefined;
}

/** Returns the owner of a datastore: the one that its members name. */
export async function findOwnerOfDatastore(signal: AbortSignal, datastore: GlobalDatastore): Promise<OwnerLookup> {
  const [lookup] = await findOwnersOfDatastores(signal, [datastore]);
  return lookup as OwnerLookup;
}

/** Returns the owner of each datastore. The members of all are described together, so that a list makes few calls. */
export async function findOwnersOfDatastores(
  signal: AbortSignal,
  datastores: readonly GlobalDatastore[],
): Promise<OwnerLookup[]> {
  const groups = [
    ...(await describeGroups(
      signal,
      datastores.flatMap(({ Members = [] }) => Members),
    )),
  ];
  const owners = await mapInBatches(
    groups,
    async ([name, group]): Promise<[string, OwnerLookup]> => [
      name,
      group instanceof Problem ? { is: 'unknown', problem: group } : await findOwnerOfGroup(signal, group),
    ],
  );
  const byName = new Map(owners);
  return datastores.map((datastore) => mergeOwners(datastore, byName));
}

/**
 * Returns the owner that all members name. A member without the tag, or with another owner, leaves the datastore without an owner. A
 * member that is changing or whose region does not respond does not count. Any other failure to read a member makes the owner unknown.
 */
function mergeOwners(
  { GlobalReplicationGroupId, Members = [] }: GlobalDatastore,
  owners: ReadonlyMap<string, OwnerLookup>,
): OwnerLookup {
  const lookups = Members.flatMap((member) => owners.get(formatGroupName(member)) ?? []);
  const unknown = lookups.filter((lookup) => lookup.is === 'unknown');
  const told = lookups.filter((lookup) => lookup.is !== 'unknown');
  const named = [...new Set(told.map((lookup) => (lookup.is === 'known' ? lookup.owner : '')))];
  if (named.length > 1) {
    logger.warn('members have different owners', { datastore: GlobalReplicationGroupId, owners: named });
    return { is: 'none', named };
  }
  const failed = unknown.find(({ problem }) => told.length === 0 || !isTemporarilyUnreadable(problem));
  return failed ?? told[0] ?? { is: 'unknown', problem: noMembers };
}

/** Returns whether a member whose read failed does not count: it is changing or gone, or its region does not respond. */
const isTemporarilyUnreadable = ({ code, status }: Problem): boolean =>
  status === 404 || ['InvalidReplicationGroupStateFault', 'UpstreamTimeout', 'UpstreamUnreachable'].includes(code);

const noMembers = new Problem('UpstreamAnswerInvalid', 'The response has a datastore without members.');

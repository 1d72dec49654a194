import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { survivingRegions } from '../aws/multiRegion.ts';
import { config } from '../config.ts';
import { type ListedDatastores, listAllDatastores } from '../datastores/allDatastores.ts';
import { lastFailover } from '../datastores/failoverLease.ts';
import { type GlobalDatastore, primaryRegionOf } from '../datastores/globalDatastore.ts';
import { mapInBatches } from '../lib/mapInBatches.ts';
import type { Evacuee, RefusedEvacuee } from '../operations/evacuation/evacuation.ts';
import { Problem } from '../problems/problem.ts';
import { problemType } from '../problems/problemTypes.ts';
import { ownersOfCaller } from './callerOwners.ts';
import { type OwnedDatastore, selectChangeable, type Warning } from './owners.ts';
import { policy } from './policy.ts';
import { cooldownEnd } from './rules.ts';

interface EvacueeRequest {
  readonly signal: AbortSignal;
  readonly event: APIGatewayProxyEventV2;
  readonly body: {
    readonly FromRegion: string;
    readonly ToRegion?: string;
    readonly GlobalReplicationGroupIds?: readonly string[];
  };
}

/** The datastores of an evacuation, and what may be missing. */
export interface FoundEvacuees {
  readonly evacuees: readonly FoundEvacuee[];
  readonly warnings: readonly Warning[];
  /** The owners that the caller acts for. */
  readonly owners: readonly string[];
}

/** A datastore of an evacuation as it was found. A refused one that is not the caller's has no `group`. */
export interface FoundEvacuee extends Evacuee {
  readonly group?: GlobalDatastore;
}

/**
 * Returns the datastores that an evacuation is for: those that the request names, or all of the caller's with the primary in
 * the lost region. A named one that is not the caller's is refused as one that does not exist. The lost region lists nothing: a
 * datastore that only it lists has no secondary to move to.
 * @throws Problem if no other region responds, or `PolicyUnavailable` if a cool-down cannot be read
 */
export async function findEvacuees({ signal, event, body }: EvacueeRequest): Promise<FoundEvacuees> {
  const { FromRegion, ToRegion, GlobalReplicationGroupIds: named } = body;
  const listed = await listAllDatastores(signal, survivingRegions(FromRegion, ToRegion ?? config.region));
  const candidates = listed.groups.filter(
    named
      ? ({ GlobalReplicationGroupId }) => named.includes(GlobalReplicationGroupId)
      : (group) => primaryRegionOf(group) === FromRegion,
  );
  const { owned, warnings } = await selectOwn(signal, event, candidates);
  const own = await mapInBatches(owned, toFound);
  const byId = new Map(own.map((found) => [found.GlobalReplicationGroupId, found]));
  return {
    evacuees: named?.map((id) => byId.get(id) ?? toMissing(id, listed, warnings)) ?? own,
    warnings: [...[...listed.problems].map(toWarningOfRegion), ...warnings],
    owners: ownersOfCaller(event),
  };
}

const selectOwn = (signal: AbortSignal, event: APIGatewayProxyEventV2, groups: readonly GlobalDatastore[]) =>
  globalThis.POLICY_HAS_OWNERS === false
    ? { owned: groups.map((group): OwnedDatastore => ({ group })), warnings: [] }
    : selectChangeable(signal, event, groups);

async function toFound({ group, owner }: OwnedDatastore): Promise<FoundEvacuee> {
  const { GlobalReplicationGroupId } = group;
  const Refused = await findCooldown(GlobalReplicationGroupId, owner);
  return {
    GlobalReplicationGroupId,
    group,
    ...(owner !== undefined && { Owner: owner }),
    ...(Refused && { Refused }),
  };
}

/** Returns the refusal of a datastore if the cool-down of its last failover forbids the next one. */
async function findCooldown(id: string, owner: string | undefined): Promise<RefusedEvacuee | undefined> {
  if (!policy.FailoverCooldownMinutes) return undefined;
  const last = await lastFailover(id).catch((cause) => {
    const publicDetail = 'Policy rule FailoverCooldownMinutes: the last failover could not be read.';
    throw new Problem('PolicyUnavailable', publicDetail, { publicDetail, cause });
  });
  const end = cooldownEnd(last, owner, {});
  if (end <= Date.now()) return undefined;
  const Reason = `Policy rule FailoverCooldownMinutes: the next failover is allowed at ${new Date(end).toISOString()}.`;
  return { Code: 'PolicyDenied', Reason };
}

/** Returns a named datastore that is not among the caller's: it may exist if a read failed. */
function toMissing(id: string, { problems }: ListedDatastores, warnings: readonly Warning[]): FoundEvacuee {
  const isSure = problems.size === 0 && warnings.length === 0;
  const Refused = isSure
    ? { Code: 'GlobalReplicationGroupNotFoundFault', Reason: `Global datastore ${id} does not exist.` }
    : { Code: 'OwnerUnknown', Reason: `Whether ${id} exists and is yours could not be read. Send it again.` };
  return { GlobalReplicationGroupId: id, Refused };
}

const toWarningOfRegion = ([Region, { code }]: readonly [string, Problem]): Warning => ({
  Region,
  Detail: problemType(code).title,
});

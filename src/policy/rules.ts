import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { config } from '../config.ts';
import { describeRegionPage } from '../datastores/describeRegionPage.ts';
import { lastFailover } from '../datastores/failoverLease.ts';
import { findGlobalDatastore, type GlobalDatastore, primaryRegionOf } from '../datastores/globalDatastore.ts';
import { foundValue, lookup } from '../datastores/lookup.ts';
import { fetchPage, initialCursors, isExhausted, type RegionCursor } from '../datastores/multiRegionPaging.ts';
import { findReplicationGroup } from '../datastores/replicationGroup.ts';
import { type Check, checkRule, detailsOf, failedChecks } from '../problems/check.ts';
import { Problem } from '../problems/problem.ts';
import type { AnyRequest } from '../schemas/apiRequest.ts';
import type { Route } from '../schemas/route.ts';
import { type NewMember, newDatastoreIn, newMembersIn } from './changesIn.ts';
import { filterOwnedDatastores } from './owners.ts';
import { policy } from './policy.ts';

/** Throws `PolicyDenied` with each rule that forbids the change. */
export async function enforcePolicy(contract: Route, request: AnyRequest): Promise<void> {
  const checks = failedChecks(await evaluatePolicy(contract, request));
  if (checks.length > 0) throw new Problem('PolicyDenied', detailsOf(checks), { checks });
}

/** Returns the check of each rule that is set and applies to the contract. */
export async function evaluatePolicy(contract: Route, request: AnyRequest): Promise<Check[]> {
  const checks = await Promise.all(
    [
      checkRegions,
      checkSuffix,
      checkNodeFamilies,
      checkMaxDatastores,
      checkFailoverReason,
      checkFailoverCooldown,
      checkPrimaryStays,
    ].map((check) => check(contract, request)),
  );
  return checks.flat();
}

function checkRegions(contract: Route, request: AnyRequest): Check[] {
  const { Regions } = policy;
  if (!Regions) return [];
  const { PrimaryReplicationGroupRegion = config.region } = newDatastoreIn(contract, request) ?? {};
  const primary = { region: PrimaryReplicationGroupRegion, pointer: '#/PrimaryReplicationGroupRegion' };
  const members = newMembersIn(contract, request.body).map(({ member, pointer }) => ({
    region: member.ReplicationGroupRegion,
    pointer: `${pointer}/ReplicationGroupRegion`,
  }));
  return [...(contract.subject === 'newDatastore' ? [primary] : []), ...members].map(({ region, pointer }) =>
    checkRule(
      'policy-regions',
      Regions.includes(region),
      { pass: `${region} is allowed.`, fail: `Policy rule Regions: ${region} is not one of ${Regions.join(', ')}.` },
      pointer,
    ),
  );
}

function checkSuffix(contract: Route, request: AnyRequest): Check[] {
  const { SuffixPattern } = policy;
  const suffix = newDatastoreIn(contract, request)?.GlobalReplicationGroupIdSuffix;
  if (!SuffixPattern || suffix === undefined) return [];
  const details = {
    pass: `${suffix} matches ${SuffixPattern}.`,
    fail: `Policy rule SuffixPattern: ${suffix} does not match ${SuffixPattern}.`,
  };
  const matches = new RegExp(SuffixPattern, 'v').test(suffix);
  return [checkRule('policy-suffix', matches, details, '#/GlobalReplicationGroupIdSuffix')];
}

/** Checks the requested node type, or that of the primary of a new datastore. */
async function checkNodeFamilies(contract: Route, request: AnyRequest): Promise<Check[]> {
  const { NodeFamilies } = policy;
  if (!NodeFamilies) return [];
  const { nodeType: member } = contract.changes ?? {};
  const nodeType = member && (request.body as Readonly<Record<string, string | undefined>>)[member];
  if (nodeType !== undefined) return [checkNodeFamily(NodeFamilies, nodeType, `#/${member}`)];

  const created = newDatastoreIn(contract, request);
  if (!created) return [];
  const { PrimaryReplicationGroupRegion: region = config.region, PrimaryReplicationGroupId: id } = created;
  const primary = foundValue(await lookup(findReplicationGroup(request.signal, region, id)));
  return [checkNodeFamily(NodeFamilies, primary?.CacheNodeType, '#/PrimaryReplicationGroupId')];
}

function checkNodeFamily(families: readonly string[], nodeType: string | undefined, pointer: string): Check {
  const family = nodeType?.split('.')[1];
  return checkRule(
    'policy-node-families',
    family === undefined ? undefined : families.includes(family),
    {
      pass: `The family of ${nodeType} is allowed.`,
      fail: `Policy rule NodeFamilies: the family of ${nodeType} is not one of ${families.join(', ')}.`,
    },
    pointer,
  );
}

async function checkMaxDatastores(contract: Route, { signal, event }: AnyRequest): Promise<Check[]> {
  const { MaxDatastores: max } = policy;
  if (!max || contract.subject !== 'newDatastore') return [];
  const count = foundValue(await lookup(countDatastores(signal, event)));
  return [
    checkRule('policy-max-datastores', count === undefined ? undefined : count < max, {
      pass: `${count} of ${max} datastores exist.`,
      fail: `Policy rule MaxDatastores: ${count} datastores exist and ${max} are allowed.`,
    }),
  ];
}

/** Returns the number of datastores that the caller may see. Throws if a region does not respond. */
async function countDatastores(signal: AbortSignal, event: APIGatewayProxyEventV2): Promise<number> {
  const groups: GlobalDatastore[] = [];
  let cursors: readonly RegionCursor[] = initialCursors(config.regions);
  while (!isExhausted(cursors)) {
    const page = await fetchPage(cursors, 100, (cursor) => describeRegionPage(signal, cursor, 100));
    groups.push(...page.groups);
    ({ cursors } = page);
  }
  const owned = globalThis.POLICY_HAS_OWNERS === false ? groups : await filterOwnedDatastores(signal, event, groups);
  return owned.length;
}

function checkFailoverReason({ changes }: Route, { body }: AnyRequest): Check[] {
  if (!policy.FailoverReasonRequired || changes?.primary !== 'PrimaryRegion') return [];
  const details = { pass: 'The request has a Reason.', fail: 'Policy rule FailoverReasonRequired: add a Reason.' };
  const { Reason } = body as { readonly Reason?: string };
  return [checkRule('policy-failover-reason', Reason !== undefined, details, '#/Reason')];
}

async function checkFailoverCooldown({ changes }: Route, { path, owner }: AnyRequest): Promise<Check[]> {
  const { FailoverCooldownMinutes: minutes } = policy;
  if (!minutes || changes?.primary !== 'PrimaryRegion') return [];
  const last = await lastFailover(path.GlobalReplicationGroupId ?? '').catch(() => undefined);
  const end = (last && [owner, undefined].includes(last.owner) ? last.acceptedAt : 0) + minutes * 60_000;
  const details = {
    pass: `No failover was accepted in the last ${minutes} minutes.`,
    fail: `Policy rule FailoverCooldownMinutes: the next failover is allowed at ${new Date(end).toISOString()}.`,
  };
  return [checkRule('policy-failover-cooldown', end <= Date.now(), details)];
}

/** Checks that a list of members keeps the primary. A change of the primary in it has no reason and no cool-down. */
async function checkPrimaryStays({ changes }: Route, { path, body, signal }: AnyRequest): Promise<Check[]> {
  const hasFailoverRule = policy.FailoverReasonRequired || policy.FailoverCooldownMinutes;
  if (!hasFailoverRule || changes?.primary !== 'Members') return [];
  const { Members } = body as { readonly Members: readonly NewMember[] };
  const requested = Members.findIndex(({ Role }) => Role === 'PRIMARY');
  const located = foundValue(await lookup(findGlobalDatastore(signal, path.GlobalReplicationGroupId ?? '')));
  const current = located && primaryRegionOf(located.GlobalReplicationGroup);
  return [
    checkRule(
      'policy-failover-by-topology',
      current === undefined ? undefined : current === Members[requested]?.ReplicationGroupRegion,
      {
        pass: 'The primary does not change.',
        fail: 'Policy rules FailoverReasonRequired and FailoverCooldownMinutes: change the primary with a failover, not with a topology.',
      },
      `#/Members/${requested}/Role`,
    ),
  ];
}

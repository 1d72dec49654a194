import { config } from '../config.ts';
import { describeRegionPage } from '../datastores/describeRegionPage.ts';
import { type AcceptedFailover, lastFailover } from '../datastores/failoverLease.ts';
import { findGlobalDatastore, type GlobalDatastore } from '../datastores/globalDatastore.ts';
import { foundValue, type Lookup, lookup } from '../datastores/lookup.ts';
import { fetchPage, initialCursors, isExhausted, type RegionCursor } from '../datastores/multiRegionPaging.ts';
import { findReplicationGroup } from '../datastores/replicationGroup.ts';
import { assertValidMembers, topologyGoal } from '../operations/goals.ts';
import { toObservedDatastore } from '../operations/observedDatastore.ts';
import { type ChangeStep, plan } from '../operations/plan.ts';
import { type Check, checkRule, detailsOf, failedChecks } from '../problems/check.ts';
import { Problem } from '../problems/problem.ts';
import type { AnyRequest } from '../schemas/apiRequest.ts';
import type { Route } from '../schemas/route.ts';
import { newDatastoreIn, newMembersIn } from './changesIn.ts';
import type { FailoverGuard } from './failoverLag.ts';
import { findOwnersOfDatastores } from './owners.ts';
import { policy } from './policy.ts';

/**
 * Throws `PolicyDenied` with each rule that forbids the change, or `PolicyUnavailable` with each rule that cannot be evaluated:
 * no change is made without the evaluation of each rule.
 */
export async function enforcePolicy(contract: Route, request: AnyRequest): Promise<void> {
  const checks = await evaluatePolicy(contract, request);
  const failed = failedChecks(checks);
  if (failed.length > 0) throw new Problem('PolicyDenied', detailsOf(failed), { checks: failed });
  const unknown = checks.filter(({ Outcome }) => Outcome === 'warn');
  if (unknown.length === 0) return;
  const publicDetail = detailsOf(unknown);
  throw new Problem('PolicyUnavailable', publicDetail, { checks: unknown, publicDetail });
}

/**
 * Returns the check of each rule that is set and applies to the contract. A rule that cannot be evaluated results in `warn`.
 */
export async function evaluatePolicy(contract: Route, request: AnyRequest): Promise<Check[]> {
  const steps = await lookupSteps(contract, request);
  const checks = await Promise.all([
    checkRegions(contract, request, steps),
    checkSuffix(contract, request),
    checkNodeFamilies(contract, request),
    checkMaxDatastores(contract, request),
    checkFailoverReason(contract, request, steps),
    checkEvacuationLag(contract, request),
    checkFailoverOverride(contract, request, steps),
    checkFailoverCooldown(contract, request, steps),
  ]);
  return checks.flat();
}

/** The steps that a list of members leads to. */
type Steps = Lookup<readonly ChangeStep[]>;

/**
 * Returns the steps of a change that makes several: of a list of members. Rules check the steps, not the list, because the
 * steps can have failovers that the list does not show. Undefined for a change of one step, or without a rule about steps.
 */
async function lookupSteps({ changes }: Route, { path, body, signal }: AnyRequest): Promise<Steps | undefined> {
  const { Regions, FailoverReasonRequired, FailoverCooldownMinutes, FailoverMaxLagSeconds } = policy;
  const hasRule = Regions || FailoverReasonRequired || FailoverCooldownMinutes || FailoverMaxLagSeconds !== undefined;
  if (changes?.primary !== 'Members' || !hasRule) return undefined;
  const { Members } = body as { readonly Members: Parameters<typeof assertValidMembers>[0] };
  assertValidMembers(Members);
  const findSteps = async () => {
    const { GlobalReplicationGroup, region } = await findGlobalDatastore(signal, path.GlobalReplicationGroupId ?? '');
    const datastore = toObservedDatastore(GlobalReplicationGroup, region);
    return plan(topologyGoal(GlobalReplicationGroup, Members), { datastore, groups: {} }).steps;
  };
  return lookup(findSteps());
}

/** Checks the regions of a new primary and of the members that are added. */
function checkRegions(contract: Route, request: AnyRequest, steps: Steps | undefined): Check[] {
  const { Regions } = policy;
  if (!Regions) return [];
  if (steps?.is === 'unknown') return [checkRule('policy-regions', undefined, unreadable('Regions', 'the members'))];
  const { PrimaryReplicationGroupRegion = config.region } = newDatastoreIn(contract, request) ?? {};
  const primary = { region: PrimaryReplicationGroupRegion, pointer: '#/PrimaryReplicationGroupRegion' };
  const members = newMembersIn(contract, request.body)
    .map(({ member, pointer }) => ({
      region: member.ReplicationGroupRegion,
      pointer: `${pointer}/ReplicationGroupRegion`,
    }))
    .filter(({ region }) => !steps || addsMemberIn(steps, region));
  return [...(contract.subject === 'newDatastore' ? [primary] : []), ...members].map(({ region, pointer }) =>
    checkRule(
      'policy-regions',
      Regions.includes(region),
      { pass: `${region} is allowed.`, fail: `Policy rule Regions: ${region} is not one of ${Regions.join(', ')}.` },
      pointer,
    ),
  );
}

const addsMemberIn = (steps: Steps, region: string): boolean =>
  (foundValue(steps) ?? []).some((step) => step.Do === 'add' && step.Member.ReplicationGroupRegion === region);

/** Returns the details of a check whose data cannot be read. */
const unreadable = (rule: string, data: string) => ({
  pass: '',
  fail: '',
  unknown: `Policy rule ${rule}: ${data} could not be read.`,
});

function checkSuffix(contract: Route, request: AnyRequest): Check[] {
  const { SuffixPattern } = policy;
  const suffix = newDatastoreIn(contract, request)?.GlobalReplicationGroupIdSuffix.toLowerCase(); // as AWS stores it
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
  const primary = await lookup(findReplicationGroup(request.signal, region, id));
  if (primary.is === 'missing') return []; // AWS refuses the create
  return [checkNodeFamily(NodeFamilies, foundValue(primary)?.CacheNodeType, '#/PrimaryReplicationGroupId')];
}

function checkNodeFamily(families: readonly string[], nodeType: string | undefined, pointer: string): Check {
  const family = nodeType?.split('.')[1];
  return checkRule(
    'policy-node-families',
    family === undefined ? undefined : families.includes(family),
    {
      ...unreadable('NodeFamilies', 'the node type of the primary'),
      pass: `The family of ${nodeType} is allowed.`,
      fail: `Policy rule NodeFamilies: the family of ${nodeType} is not one of ${families.join(', ')}.`,
    },
    pointer,
  );
}

async function checkMaxDatastores(contract: Route, { signal, owner }: AnyRequest): Promise<Check[]> {
  const { MaxDatastores: max } = policy;
  if (!max || contract.subject !== 'newDatastore') return [];
  const count = foundValue(await lookup(countDatastores(signal, owner)));
  const { sure, possible } = count ?? { sure: 0, possible: Number.POSITIVE_INFINITY };
  return [
    checkRule('policy-max-datastores', sure >= max ? false : possible < max || undefined, {
      ...unreadable('MaxDatastores', 'the datastores or their owners'),
      pass: `${sure} of ${max} datastores exist.`,
      fail: `Policy rule MaxDatastores: ${sure} datastores exist and ${max} are allowed.`,
    }),
  ];
}

/**
 * Returns the number of datastores that the owner of a new one has: `sure` counts those of a known owner, `possible` also those
 * of an unknown one. A new datastore without an owner counts with those without one. Throws if a region does not respond.
 */
async function countDatastores(
  signal: AbortSignal,
  owner: string | undefined,
): Promise<{ sure: number; possible: number }> {
  const groups = await listDatastores(signal);
  if (globalThis.POLICY_HAS_OWNERS === false || !policy.OwnerTag)
    return { sure: groups.length, possible: groups.length };
  const lookups = await findOwnersOfDatastores(signal, groups);
  const own = lookups.filter((found) => (found.is === 'known' ? found.owner === owner : found.is === 'none' && !owner));
  const unknown = lookups.filter(({ is }) => is === 'unknown');
  return { sure: own.length, possible: own.length + unknown.length };
}

async function listDatastores(signal: AbortSignal): Promise<GlobalDatastore[]> {
  const groups: GlobalDatastore[] = [];
  let cursors: readonly RegionCursor[] = initialCursors(config.regions);
  while (!isExhausted(cursors)) {
    const page = await fetchPage(cursors, 100, (cursor) => describeRegionPage(signal, cursor, 100));
    groups.push(...page.groups);
    ({ cursors } = page);
  }
  return groups;
}

/** Returns the number of failovers that a change makes. Undefined if the members could not be read. */
function countFailovers({ changes }: Route, steps: Steps | undefined): number | undefined {
  if (changes?.primary === 'PrimaryRegion') return 1;
  if (steps?.is === 'unknown') return undefined;
  return ((steps && foundValue(steps)) ?? []).filter((step) => step.Do === 'promote').length;
}

/** Checks that the policy names the caller of an evacuation: it does not read the lag, which a rule for failovers limits. */
function checkEvacuationLag({ subject }: Route, { caller }: AnyRequest): Check[] {
  const { FailoverMaxLagSeconds: limit, FailoverOverrideCallers: callers = [] } = policy;
  if (limit === undefined || subject !== 'evacuation') return [];
  const details = {
    pass: `${caller.principal} may set FailoverMaxLagSeconds aside.`,
    fail: `Policy rule FailoverMaxLagSeconds: an evacuation does not ask how far secondaries are behind. FailoverOverrideCallers does not name ${caller.principal}.`,
  };
  return [checkRule('policy-failover-override', callers.includes(caller.principal), details)];
}

/** Checks that a change with a failover has a reason. */
function checkFailoverReason(contract: Route, { body }: AnyRequest, steps: Steps | undefined): Check[] {
  if (!policy.FailoverReasonRequired) return [];
  const failovers = countFailovers(contract, steps);
  if (failovers === 0 && contract.changes?.primary !== 'Members') return [];
  const { Reason } = body as { readonly Reason?: string };
  return [
    checkRule(
      'policy-failover-reason',
      hasReasonIfNeeded(failovers, Reason),
      {
        ...unreadable('FailoverReasonRequired', 'the members'),
        pass: failovers === 0 ? 'The change has no failover.' : 'The request has a Reason.',
        fail: 'Policy rule FailoverReasonRequired: the change has a failover. Add a Reason.',
      },
      '#/Reason',
    ),
  ];
}

const hasReasonIfNeeded = (failovers: number | undefined, Reason: string | undefined): boolean | undefined =>
  Reason !== undefined || (failovers === undefined ? undefined : failovers === 0);

/** Checks that the policy names a caller that overrides its limit on the lag. */
function checkFailoverOverride(contract: Route, { body, caller }: AnyRequest, steps: Steps | undefined): Check[] {
  const { FailoverMaxLagSeconds: limit, FailoverOverrideCallers: callers = [] } = policy;
  const { Override } = (body ?? {}) as FailoverGuard;
  if (limit === undefined || !Override || countFailovers(contract, steps) === 0) return [];
  return [
    checkRule(
      'policy-failover-override',
      callers.includes(caller.principal),
      {
        pass: `${caller.principal} may set FailoverMaxLagSeconds aside.`,
        fail: `Policy rule FailoverOverrideCallers does not name ${caller.principal}. Leave out Override, so that the limit of ${limit} s applies.`,
      },
      '#/Override',
    ),
  ];
}

/** Checks that no failover was accepted in the cool-down, and that the change itself does not have two failovers. */
async function checkFailoverCooldown(
  contract: Route,
  { path, owner }: AnyRequest,
  steps: Steps | undefined,
): Promise<Check[]> {
  const { FailoverCooldownMinutes: minutes } = policy;
  const failovers = countFailovers(contract, steps);
  if (!minutes || failovers === 0) return [];
  const last = await lastFailover(path.GlobalReplicationGroupId ?? '').catch(() => 'unknown' as const);
  const end = last === 'unknown' ? 0 : cooldownEnd(last, owner, contract);
  const isKnown = failovers !== undefined && last !== 'unknown';
  const isOver = end <= Date.now();
  return [
    checkRule('policy-failover-cooldown', isKnown ? isOver && failovers === 1 : undefined, {
      ...unreadable('FailoverCooldownMinutes', 'the last failover or the members'),
      pass: `No failover was accepted in the last ${minutes} minutes.`,
      fail: `Policy rule FailoverCooldownMinutes: ${
        isOver
          ? `this change has ${failovers} failovers, and the second would be within ${minutes} minutes of the first.`
          : `the next failover is allowed at ${new Date(end).toISOString()}.`
      }`,
    }),
  ];
}

/**
 * Returns when the cool-down after a failover ends. One under a former owner was a failover of another datastore of this id.
 * Failovers of a drill delay drills only: a drill must not delay a failover that is needed.
 */
export function cooldownEnd(
  last: AcceptedFailover | undefined,
  owner: string | undefined,
  { changes }: Pick<Route, 'changes'>,
): number {
  if (last === undefined || (last.isDrill && !changes?.isDrill)) return 0;
  const isOther = owner !== undefined && last.owner !== undefined && last.owner !== owner;
  return isOther ? 0 : last.acceptedAt + (policy.FailoverCooldownMinutes ?? 0) * 60_000;
}

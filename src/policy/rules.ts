import { getItem, type Key, putItem } from '../aws/dynamoDbTable.ts';
import { config } from '../config.ts';
import { countDatastores } from '../datastores/describeRegionPage.ts';
import { findGlobalDatastore } from '../datastores/globalDatastore.ts';
import { findReplicationGroup } from '../datastores/replicationGroup.ts';
import type { ApiRequest } from '../http/defineHandler.ts';
import { type Check, checkRule, foundValue, lookup } from '../preflight/check.ts';
import { Problem } from '../problems/problem.ts';
import type { Route } from '../schemas/route.ts';
import { policy } from './policy.ts';

/** What the rules look at in the bodies of all routes. */
interface Asked {
  readonly GlobalReplicationGroupIdSuffix?: string;
  readonly PrimaryReplicationGroupId?: string;
  readonly PrimaryReplicationGroupRegion?: string;
  readonly PrimaryRegion?: string;
  readonly Reason?: string;
  readonly CacheNodeType?: string;
  readonly ReplicationGroupRegion?: string;
  readonly Secondaries?: readonly Placed[];
  readonly Members?: readonly (Placed & { readonly Role?: string })[];
}

interface Placed {
  readonly ReplicationGroupRegion: string;
}

type Request = Pick<ApiRequest<Route>, 'signal' | 'event'> & { readonly path: object; readonly body: unknown };

/** Refuses a change that the policy forbids: `PolicyDenied`, with each rule that it breaks. */
export async function enforcePolicy(request: Request): Promise<void> {
  const checks = (await evaluatePolicy(request)).filter(({ Outcome }) => Outcome === 'fail');
  if (checks.length === 0) return;
  throw new Problem('PolicyDenied', checks.map(({ Detail }) => Detail).join(' '), { checks });
}

/** What each rule that is set says of a change. */
export async function evaluatePolicy({ path, body, signal, event }: Request): Promise<Check[]> {
  const asked = (body ?? {}) as Asked;
  const id = (path as { GlobalReplicationGroupId?: string }).GlobalReplicationGroupId ?? '';
  const checks = await Promise.all([
    checkRegions(asked),
    checkSuffix(asked),
    checkNodeFamilies(signal, asked),
    checkMaxDatastores(signal, event, asked),
    checkFailoverReason(asked),
    checkFailoverCooldown(id, asked),
    checkPrimaryStays(signal, id, asked),
  ]);
  return checks.flat();
}

/** Remembers that a failover was accepted, for the next one to keep its distance. Trouble of the table hinders no failover. */
export async function startFailoverCooldown({ path, body }: Request): Promise<void> {
  const { FailoverCooldownMinutes: minutes } = policy;
  if (!minutes || !(body as Asked | undefined)?.PrimaryRegion) return;
  const { GlobalReplicationGroupId: id = '' } = path as { GlobalReplicationGroupId?: string };
  const at = Date.now();
  await putItem({ ...cooldownKey(id), at, expires: Math.ceil(at / 1000) + minutes * 60 }).catch(() => {});
}

function checkRegions(asked: Asked): Check[] {
  const { Regions } = policy;
  if (!Regions) return [];
  return placesIn(asked).map(({ region, pointer }) =>
    checkRule(
      'policy-regions',
      Regions.includes(region),
      { pass: `${region} is allowed.`, fail: `Policy rule Regions: ${region} is none of ${Regions.join(', ')}.` },
      pointer,
    ),
  );
}

/** Where a request wants members to be. */
function placesIn({ ReplicationGroupRegion, Secondaries = [], Members = [], ...asked }: Asked) {
  const home = asked.PrimaryReplicationGroupRegion ?? config.region;
  const listed = (name: string, members: readonly Placed[]) =>
    members.map((member, index) => ({
      region: member.ReplicationGroupRegion,
      pointer: `#/${name}/${index}/ReplicationGroupRegion`,
    }));
  return [
    ...(asked.GlobalReplicationGroupIdSuffix ? [{ region: home, pointer: '#/PrimaryReplicationGroupRegion' }] : []),
    ...(ReplicationGroupRegion ? [{ region: ReplicationGroupRegion, pointer: '#/ReplicationGroupRegion' }] : []),
    ...listed('Secondaries', Secondaries),
    ...listed('Members', Members),
  ];
}

function checkSuffix({ GlobalReplicationGroupIdSuffix: name }: Asked): Check[] {
  const { SuffixPattern } = policy;
  if (!SuffixPattern || name === undefined) return [];
  const words = {
    pass: `${name} is of the form that is ruled.`,
    fail: `Policy rule SuffixPattern: ${name} does not match ${SuffixPattern}.`,
  };
  return [
    checkRule('policy-suffix', new RegExp(SuffixPattern, 'v').test(name), words, '#/GlobalReplicationGroupIdSuffix'),
  ];
}

/** A new datastore takes its node type from its primary. */
async function checkNodeFamilies(signal: AbortSignal, asked: Asked): Promise<Check[]> {
  const { NodeFamilies } = policy;
  if (!NodeFamilies) return [];
  const { CacheNodeType, PrimaryReplicationGroupId: primary, PrimaryReplicationGroupRegion = config.region } = asked;
  if (CacheNodeType !== undefined) return [checkNodeFamily(NodeFamilies, CacheNodeType, '#/CacheNodeType')];
  if (!asked.GlobalReplicationGroupIdSuffix || !primary) return [];
  const group = foundValue(await lookup(findReplicationGroup(signal, PrimaryReplicationGroupRegion, primary)));
  return [checkNodeFamily(NodeFamilies, group?.CacheNodeType, '#/PrimaryReplicationGroupId')];
}

function checkNodeFamily(families: readonly string[], nodeType: string | undefined, pointer: string): Check {
  const family = nodeType?.split('.')[1];
  return checkRule(
    'policy-node-families',
    family === undefined ? undefined : families.includes(family),
    {
      pass: `${nodeType} is of a family that is allowed.`,
      fail: `Policy rule NodeFamilies: ${nodeType} is none of ${families.join(', ')}.`,
    },
    pointer,
  );
}

async function checkMaxDatastores(signal: AbortSignal, event: Request['event'], asked: Asked): Promise<Check[]> {
  const { MaxDatastores: most } = policy;
  if (!most || !asked.GlobalReplicationGroupIdSuffix) return [];
  const count = foundValue(await lookup(countDatastores(signal, event)));
  return [
    checkRule('policy-max-datastores', count === undefined ? undefined : count < most, {
      pass: `There are ${count} datastores of ${most}.`,
      fail: `Policy rule MaxDatastores: there are ${count} already, and ${most} are allowed.`,
    }),
  ];
}

function checkFailoverReason({ PrimaryRegion, Reason }: Asked): Check[] {
  if (!policy.FailoverReasonRequired || !PrimaryRegion) return [];
  const words = { pass: 'There is a reason.', fail: 'Policy rule FailoverReasonRequired: say the Reason.' };
  return [checkRule('policy-failover-reason', Reason !== undefined, words, '#/Reason')];
}

async function checkFailoverCooldown(id: string, { PrimaryRegion }: Asked): Promise<Check[]> {
  const { FailoverCooldownMinutes: minutes } = policy;
  if (!minutes || !PrimaryRegion) return [];
  const last = await getItem(cooldownKey(id)).catch(() => undefined);
  const end = Number(last?.at ?? 0) + minutes * 60_000;
  const words = {
    pass: `No failover was asked for in the last ${minutes} minutes.`,
    fail: `Policy rule FailoverCooldownMinutes: the next failover may be asked for at ${new Date(end).toISOString()}.`,
  };
  return [checkRule('policy-failover-cooldown', end <= Date.now(), words)];
}

/** A topology that names another primary is a failover that says no reason and keeps no distance. */
async function checkPrimaryStays(signal: AbortSignal, id: string, { Members }: Asked): Promise<Check[]> {
  if (!Members || !(policy.FailoverReasonRequired || policy.FailoverCooldownMinutes)) return [];
  const wanted = Members.findIndex(({ Role }) => Role === 'PRIMARY');
  const found = foundValue(await lookup(findGlobalDatastore(signal, id)));
  const primary = found?.group.Members?.find(({ Role }) => Role === 'PRIMARY');
  return [
    checkRule(
      'policy-failover-by-topology',
      primary && primary.ReplicationGroupRegion === Members[wanted]?.ReplicationGroupRegion,
      {
        pass: 'The primary stays.',
        fail: 'Policy rules FailoverReasonRequired and FailoverCooldownMinutes: the primary is changed by a failover, not by a topology.',
      },
      `#/Members/${wanted}/Role`,
    ),
  ];
}

const cooldownKey = (GlobalReplicationGroupId: string): Key => ({
  pk: `FAILOVER#${GlobalReplicationGroupId.toLowerCase()}`,
  sk: 'last',
});

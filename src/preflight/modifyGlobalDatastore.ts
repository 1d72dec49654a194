import type { ReplicationGroup } from '@aws-sdk/client-elasticache';
import { describeGroups } from '../datastores/describeGroups.ts';
import type { GlobalDatastore } from '../datastores/globalDatastore.ts';
import { foundValue, lookup } from '../datastores/lookup.ts';
import { listAllowedNodeTypes } from '../datastores/nodeTypeModifications.ts';
import { STABLE_STATUSES } from '../datastores/status.ts';
import { type Check, checkRule } from '../problems/check.ts';
import { Problem } from '../problems/problem.ts';
import type { ApiRequest } from '../schemas/apiRequest.ts';
import type { modifyGlobalDatastore } from '../schemas/modifyGlobalDatastore.ts';
import { checkExists, checkNodeType, checkStatus } from './commonChecks.ts';
import type { DryRunResult } from './dryRunResult.ts';
import { checkEngine } from './engineChecks.ts';

type Request = ApiRequest<typeof modifyGlobalDatastore>;

/** Checks that the datastore can get these settings. */
export async function preflight({ path, body, signal }: Request): Promise<DryRunResult> {
  const { group, region, exists } = await checkExists(signal, path.GlobalReplicationGroupId);
  const { ApplyImmediately: _, ...change } = body;
  const settings = Object.entries(change).map(([name, value]) => `${name} to ${value}`);
  const note = body.EngineVersion === undefined ? '' : ' An upgrade of the engine cannot be undone.';
  return {
    Checks: [exists, ...(group && region ? await checkSettings(signal, region, group, body) : [])],
    Plan: [`Set ${settings.join(', ')} in all members (ModifyGlobalReplicationGroup).${note}`],
  };
}

async function checkSettings(
  signal: AbortSignal,
  region: string,
  group: GlobalDatastore,
  body: Request['body'],
): Promise<Check[]> {
  const { CacheNodeType, EngineVersion, AutomaticFailoverEnabled: failover } = body;
  return [
    checkStatus(group, STABLE_STATUSES),
    ...(CacheNodeType ? await checkNewNodeType(signal, group, CacheNodeType) : []),
    ...(EngineVersion ? await checkEngine(signal, region, group, { ...body, EngineVersion }) : []),
    ...(failover === undefined ? [] : await checkFailoverSwitch(signal, group, failover)),
  ];
}

/** Checks that every member can change to the node type. */
async function checkNewNodeType(signal: AbortSignal, group: GlobalDatastore, nodeType: string): Promise<Check[]> {
  const { Members = [], CacheNodeType: present } = group;
  const pointer = '#/CacheNodeType';
  const lists = await Promise.all(Members.map((member) => lookup(listAllowedNodeTypes(signal, member))));
  const allowed = lists.map((list) => foundValue(list)?.includes(nodeType));
  const refusing = Members.filter((_, index) => allowed[index] === false);
  const isUnread = allowed.includes(undefined) ? undefined : true;
  const differs = checkRule(
    'node-type-differs',
    nodeType !== present,
    { pass: `The node type is ${present} now.`, fail: `The node type is ${present} already.` },
    pointer,
  );
  const isAllowed = checkRule(
    'node-type-allowed',
    refusing.length > 0 ? false : isUnread,
    {
      pass: `Every member can change to ${nodeType}.`,
      fail: `ElastiCache does not allow ${refusing.map((member) => `${member.ReplicationGroupRegion}/${member.ReplicationGroupId}`).join(', ')} to change from ${present} to ${nodeType}.`,
      unknown: 'The node types that the members can change to could not be read.',
    },
    pointer,
  );
  return [checkNodeType(nodeType, pointer), differs, ...(differs.Outcome === 'pass' ? [isAllowed] : [])];
}

/** Checks that automatic failover can be switched in every member. */
async function checkFailoverSwitch(signal: AbortSignal, group: GlobalDatastore, isOn: boolean): Promise<Check[]> {
  const { Members = [] } = group;
  const primary = Members.find(({ Role }) => Role === 'PRIMARY');
  const isPresent = primary?.AutomaticFailover && (primary.AutomaticFailover === 'enabled') === isOn;
  const pointer = '#/AutomaticFailoverEnabled';
  const differs = checkRule(
    'failover-differs',
    isPresent === undefined ? undefined : !isPresent,
    {
      pass: `Automatic failover is ${primary?.AutomaticFailover} now.`,
      fail: `Automatic failover is ${primary?.AutomaticFailover} already.`,
    },
    pointer,
  );
  if (differs.Outcome === 'fail') return [differs];
  const groups = [...(await describeGroups(signal, Members))];
  return [
    differs,
    ...(isOn ? [checkFailoverReplicas(groups)] : [checkFailoverOptional(group), checkNoMultiAz(groups)]),
  ];
}

type Groups = readonly (readonly [name: string, group: ReplicationGroup | Problem])[];

/** Checks that each node group has a replica (seen in aws-cloudformation/cloudformation-coverage-roadmap#1275). */
const checkFailoverReplicas = (groups: Groups): Check =>
  checkGroups('enough-nodes', groups, {
    isRight: ({ NodeGroups }) => NodeGroups?.every(({ NodeGroupMembers = [] }) => NodeGroupMembers.length > 1),
    pass: 'Each node group has a replica.',
    fail: (names) => `Automatic failover needs a replica in each node group. Add one first in ${names}.`,
  });

/** unverified: AWS refuses it for datastores as it does for replication groups. */
const checkNoMultiAz = (groups: Groups): Check =>
  checkGroups('no-multi-az', groups, {
    isRight: ({ MultiAZ }) => MultiAZ && MultiAZ !== 'enabled',
    pass: 'No member has Multi-AZ.',
    fail: (names) => `Multi-AZ requires automatic failover. Disable MultiAZEnabled first in ${names}.`,
  });

interface GroupRule {
  readonly isRight: (group: ReplicationGroup) => boolean | '' | undefined;
  readonly pass: string;
  readonly fail: (names: string) => string;
}

/** Checks a rule for the replication groups of all members. */
function checkGroups(id: string, groups: Groups, { isRight, pass, fail }: GroupRule): Check {
  const results = groups.map(([name, group]) => [name, group instanceof Problem ? undefined : isRight(group)] as const);
  const wrong = results.filter(([, right]) => right === false).map(([name]) => name);
  const holds = results.some(([, right]) => right !== true) ? undefined : true;
  return checkRule(
    id,
    wrong.length > 0 ? false : holds,
    { pass, fail: fail(wrong.join(', ')), unknown: 'The replication groups of the members could not be read.' },
    '#/AutomaticFailoverEnabled',
  );
}

/** Checks that cluster mode, which requires automatic failover, is disabled (seen in terraform-provider-aws#27116). */
const checkFailoverOptional = ({ ClusterEnabled }: GlobalDatastore): Check =>
  checkRule(
    'failover-with-cluster-mode',
    ClusterEnabled === undefined ? undefined : !ClusterEnabled,
    { pass: 'Cluster mode is disabled.', fail: 'Cluster mode is enabled. It requires automatic failover.' },
    '#/AutomaticFailoverEnabled',
  );

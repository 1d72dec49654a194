// Pruned at build time by build/plugins/schemaPruning.ts.
import { description } from './common.ts';
import { dryRunQuery, orDryRunResult } from './dryRun.ts';
import { globalDatastoreAnswer } from './globalDatastore.ts';
import type { Route } from './route.ts';

/** ElastiCache defers no change of a datastore to a maintenance window (API reference: only true is permitted). */
export const applyImmediately = {
  type: 'boolean',
  const: true,
  default: true,
  description: 'Always true: changes to a datastore cannot wait for the maintenance window.',
} as const;

const changes = {
  CacheNodeType: {
    type: 'string',
    pattern: '^cache\\.[a-z0-9-]+\\.[a-z0-9]+$',
    maxLength: 64,
    description: 'The node type that all members shall have, such as cache.r7g.xlarge.',
    examples: ['cache.r7g.xlarge'],
  },
  Engine: {
    type: 'string',
    enum: ['redis', 'valkey'],
    description:
      'The engine that all members shall have: from redis to valkey, never back. Takes EngineVersion with it.',
  },
  EngineVersion: {
    type: 'string',
    pattern: '^[0-9]+\\.([0-9]+|x)(\\.[0-9]+)?$',
    maxLength: 16,
    description: 'The engine version that all members shall have, such as 8.0; never an older one.',
    examples: ['8.0'],
  },
  CacheParameterGroupName: {
    type: 'string',
    minLength: 1,
    maxLength: 255,
    pattern: '^[A-Za-z][A-Za-z0-9.-]*$',
    description: 'A parameter group of the new family; goes with a new major EngineVersion only.',
    examples: ['default.valkey8'],
  },
  GlobalReplicationGroupDescription: description,
  AutomaticFailoverEnabled: {
    type: 'boolean',
    description:
      'Whether a replica takes over within a member when its primary node fails. Not the failover to another region.',
  },
} as const;

type Change = keyof typeof changes;

/** What may stand in one call together; AWS takes one change a call (seen in the Terraform provider's calls to AWS). */
const together: readonly (readonly Change[])[] = [
  ['CacheNodeType'],
  ['Engine', 'EngineVersion', 'CacheParameterGroupName'],
  ['GlobalReplicationGroupDescription'],
  ['AutomaticFailoverEnabled'],
];

/** The rules between the members; typed loosely, since a type can say none of them. */
const rules: object = {
  anyOf: Object.keys(changes).map((change) => ({ required: [change] })),
  dependentRequired: { Engine: ['EngineVersion'], CacheParameterGroupName: ['EngineVersion'] },
  dependentSchemas: Object.fromEntries(together.flatMap((set) => set.map((change) => [change, without(change, set)]))),
};

/** A change of a datastore: the members of AWS's ModifyGlobalReplicationGroup, one change a call. */
export const modifyRequest = {
  type: 'object',
  description: `One change: one of ${Object.keys(changes).join(', ')}; Engine, EngineVersion and CacheParameterGroupName go together.`,
  properties: { ...changes, ApplyImmediately: applyImmediately },
  additionalProperties: false,
  ...rules,
} as const;

/** Refuses every later change that may not stand beside `change`, at its place: each conflict is told once. */
function without(change: Change, set: readonly Change[]) {
  const names = Object.keys(changes) as Change[];
  const others = names.slice(names.indexOf(change) + 1).filter((other) => !set.includes(other));
  const refusal = (other: Change) => ({
    not: {},
    description: `${other} cannot be changed in the same call as ${change}: AWS takes one change a call. Send two, one after the other.`,
  });
  return { type: 'object', properties: Object.fromEntries(others.map((other) => [other, refusal(other)])) } as const;
}

/** The contract of modifyGlobalDatastore. */
export const modifyGlobalDatastore = {
  method: 'PATCH',
  path: '/global-datastores/{GlobalReplicationGroupId}',
  subject: 'datastore',
  changes: { nodeType: 'CacheNodeType' },
  tag: 'Global datastores',
  summary: 'Change one property of a datastore, in all its members',
  description: 'The node type, the engine and its version, the description, or automatic failover: one a call.',
  awsActions: ['DescribeGlobalReplicationGroups', 'ModifyGlobalReplicationGroup'],
  problems: ['PolicyDenied'],
  headers: ['Idempotency-Key', 'If-Match', 'Prefer'],
  body: modifyRequest,
  query: dryRunQuery,
  responses: { 200: orDryRunResult(globalDatastoreAnswer), 202: globalDatastoreAnswer },
} as const satisfies Route;

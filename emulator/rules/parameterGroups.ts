import { createHash } from 'node:crypto';
import { Fault } from '../protocol/fault.ts';
import type { Store } from '../state/store.ts';
import type { StoredParameterGroup, TransitionArguments } from '../state/types.ts';
import { listFamilies } from './engines.ts';

export interface ParameterGroup {
  name: string;
  family: string;
  clusterEnabled: boolean;
  description: string;
  global: boolean;
  /** For a generated group: the parameter group of the primary when the datastore was created. */
  source?: string;
  /** The values that differ from those of the family. Absent: none. */
  parameters?: Record<string, string>;
}

/**
 * Returns a parameter group of this region.
 * @throws Fault CacheParameterGroupNotFoundFault
 */
export function getParameterGroup(store: Store, name: string): ParameterGroup {
  const group = findParameterGroup(store, name);
  if (group) return group;
  throw new Fault('CacheParameterGroupNotFoundFault', `CacheParameterGroup ${name} not found.`);
}

/** Returns a default, configured, created or generated parameter group of this region, or undefined. */
export function findParameterGroup(store: Store, name: string): ParameterGroup | undefined {
  return listParameterGroups(store).find((group) => group.name === name);
}

/** Returns true for a default parameter group and for a copy of one. */
export function isDefaultParameterGroup(store: Store, name: string): boolean {
  return (findStoredParameterGroup(store, name)?.source ?? name).startsWith('default.');
}

/** Returns the parameter groups of this region, ordered by name. */
export function listParameterGroups(store: Store): ParameterGroup[] {
  const stored = Object.values(store.accountState.parameterGroups)
    .filter(({ region }) => region === store.region)
    .map((group) => ({ ...group, global: group.source !== undefined }));
  const existing = Object.entries(store.options.existing.parameterGroups).map(([name, family]) =>
    toParameterGroup(name, family, name.endsWith(CLUSTER_ON), `Parameter group ${name} of the emulator options`),
  );
  return [...defaultParameterGroups, ...existing, ...stored].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Returns a created or generated parameter group of this region. Those of AWS and of the options are not stored. */
export function findStoredParameterGroup(store: Store, name: string): StoredParameterGroup | undefined {
  const { parameterGroups } = store.accountState;
  const key = `${store.region}/${name}`;
  return Object.hasOwn(parameterGroups, key) ? parameterGroups[key] : undefined;
}

/** Returns true if a replication group of this region has the parameter group or is about to get it. */
export function isParameterGroupInUse(store: Store, name: string): boolean {
  return (
    store.listReplicationGroups().some(({ parameterGroup }) => parameterGroup === name) ||
    store.listScheduled().some(({ args }) => 'settings' in args && isNamedBy(args, name))
  );
}

function isNamedBy(
  { settings, ...args }: TransitionArguments['globalGroupModified' | 'replicationGroupModified'],
  name: string,
) {
  return settings.parameterGroup === name || ('parameterGroup' in args && args.parameterGroup === name);
}

/** Returns the parameter group of a request that names none. */
export function defaultParameterGroupOf(family: string, clusterEnabled: boolean): string {
  return `default.${family}${clusterEnabled ? CLUSTER_ON : ''}`;
}

/**
 * Creates the copy of a parameter group that ElastiCache creates for a member. The name is `global-datastore-`, the
 * replication group id and four letters (seen in public Terraform state; terraform-provider-aws#19255 for the
 * description). The copy remains after a disassociation.
 */
export function generateParameterGroup(
  store: Store,
  replicationGroupId: string,
  globalId: string,
  source: ParameterGroup,
): string {
  const name = findFreeName(store, `global-datastore-${replicationGroupId}`);
  store.accountState.parameterGroups[`${store.region}/${name}`] = {
    name,
    family: source.family,
    clusterEnabled: source.clusterEnabled,
    description: `Created by ElastiCache to be used by global cluster ${globalId}`,
    region: store.region,
    source: source.source ?? source.name,
    parameters: { ...source.parameters },
  };
  return name;
}

const CLUSTER_ON = '.cluster.on';

const defaultParameterGroups = listFamilies().flatMap((family) => [
  toParameterGroup(`default.${family}`, family, false, `Default parameter group for ${family}`),
  toParameterGroup(
    `default.${family}${CLUSTER_ON}`,
    family,
    true,
    `Customized default parameter group for ${family} with cluster mode on`,
  ),
]);

function toParameterGroup(name: string, family: string, clusterEnabled: boolean, description: string): ParameterGroup {
  return { name, family, clusterEnabled, description, global: false };
}

function findFreeName(store: Store, stem: string): string {
  for (let attempt = 0; ; attempt++) {
    const name = `${stem}${deriveLetters(`${store.region}/${stem}/${attempt}`)}`;
    if (!findStoredParameterGroup(store, name)) return name;
  }
}

/** Returns four letters. They are random on AWS and repeatable here. */
function deriveLetters(seed: string): string {
  const digest = createHash('sha1').update(seed).digest();
  return [...digest.subarray(0, 4)].map((byte) => String.fromCharCode(97 + (byte % 26))).join('');
}

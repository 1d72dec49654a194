import { createHash } from 'node:crypto';
import type { Store } from '../state/store.ts';
import { listFamilies } from './engines.ts';

export interface ParameterGroup {
  name: string;
  family: string;
  clusterEnabled: boolean;
  description: string;
  global: boolean;
  /** Of a generated one: the group that its datastore began with. */
  source?: string;
}

/** A parameter group of this region, or undefined: a default one, one the emulator was told of, or a generated one. */
export function findParameterGroup(store: Store, name: string): ParameterGroup | undefined {
  return listParameterGroups(store).find((group) => group.name === name);
}

/** Whether it is one of ElastiCache's own, or was made from one. */
export function isDefaultParameterGroup(store: Store, name: string): boolean {
  return (store.accountState.parameterGroups[`${store.region}/${name}`]?.source ?? name).startsWith('default.');
}

/** The parameter groups of this region, by name. */
export function listParameterGroups(store: Store): ParameterGroup[] {
  const generated = Object.values(store.accountState.parameterGroups)
    .filter(({ region }) => region === store.region)
    .map((group) => ({ ...group, global: true }));
  const existing = Object.entries(store.options.existing.parameterGroups).map(([name, family]) =>
    toParameterGroup(name, family, name.endsWith(CLUSTER_ON), `Told to the emulator: ${name}`),
  );
  return [...defaultParameterGroups, ...existing, ...generated].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The group a request that names none gets. */
export function defaultParameterGroupOf(family: string, clusterEnabled: boolean): string {
  return `default.${family}${clusterEnabled ? CLUSTER_ON : ''}`;
}

/**
 * The copy ElastiCache makes for a member: `global-datastore-` + replication group id + four letters (seen in public
 * Terraform state; terraform-provider-aws#19255 for the description). It stays when the member leaves.
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
    if (!Object.hasOwn(store.accountState.parameterGroups, `${store.region}/${name}`)) return name;
  }
}

/** Random on AWS; here always the same for the same history, so that runs can be repeated. */
function deriveLetters(seed: string): string {
  const digest = createHash('sha1').update(seed).digest();
  return [...digest.subarray(0, 4)].map((byte) => String.fromCharCode(97 + (byte % 26))).join('');
}

export interface StoreOptions {
  /**
   * How long each step of a change takes, in milliseconds. 0 (the default): until just after the answer.
   * Infinity: until `tick`.
   */
  transitionMs?: number;
  /** Whether a region knows all the account's global datastores (default, UNV) or only those with a member there. */
  globalScope?: 'account' | 'member-regions';
  /** Per region and account; ElastiCache's own defaults unless given (AWS General Reference, ElastiCache quotas). */
  quotas?: Partial<Quotas>;
  /** Things that replication groups refer to and this emulator has no operation to create. */
  existing?: Partial<Existing>;
}

/** All options, with their defaults. */
export type Options = Required<Omit<StoreOptions, 'quotas' | 'existing'>> & { quotas: Quotas; existing: Existing };

export interface Quotas {
  nodes: number;
  nodesPerCluster: number;
  /** Of cluster-mode-enabled groups (UNV: no number is published besides the nodes). */
  nodeGroups: number;
  /** UNV: not published. */
  replicationGroups: number;
  /** Final snapshots (UNV: not published as a number of this kind). */
  snapshots: number;
  tags: number;
}

export interface Existing {
  subnetGroups: string[];
  /** Name → status; only `active` ones can be used. */
  userGroups: Record<string, string>;
  /** Name → family, `{ "my-redis7": "redis7" }`; names that end in `.cluster.on` switch cluster mode on. */
  parameterGroups: Record<string, string>;
  /** Node types there is no capacity for. */
  withoutCapacity: string[];
}

export function withDefaultOptions({
  transitionMs = 0,
  globalScope = 'account',
  quotas,
  existing,
}: StoreOptions): Options {
  return {
    transitionMs,
    globalScope,
    quotas: { ...defaultQuotas, ...quotas },
    existing: { subnetGroups: ['default'], userGroups: {}, parameterGroups: {}, withoutCapacity: [], ...existing },
  };
}

const defaultQuotas: Quotas = {
  nodes: 300,
  nodesPerCluster: 90,
  nodeGroups: 90,
  replicationGroups: 300,
  snapshots: 50,
  tags: 50,
};

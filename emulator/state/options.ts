export interface StoreOptions {
  /**
   * Duration of each transition, in milliseconds. 0 (the default): the next turn of the event loop after the response.
   * Infinity: until `tick`.
   */
  transitionMs?: number;
  /**
   * Global datastores visible in a region: all of the account, or only those with a member there.
   * Default: `account` (unverified).
   */
  globalScope?: 'account' | 'member-regions';
  /** Quotas for each account and region. Default: ElastiCache's own (AWS General Reference, ElastiCache quotas). */
  quotas?: Partial<Quotas>;
  /** Resources that replication groups refer to, but that no emulated action creates. */
  existing?: Partial<Existing>;
}

/** All options, with defaults filled in. */
export type Options = Required<Omit<StoreOptions, 'quotas' | 'existing'>> & { quotas: Quotas; existing: Existing };

export interface Quotas {
  nodes: number;
  nodesPerCluster: number;
  /** Node groups of a replication group with cluster mode. unverified: AWS publishes only a quota of nodes. */
  nodeGroups: number;
  /** unverified: not published. */
  replicationGroups: number;
  /** Final snapshots. unverified: AWS publishes no quota of this kind. */
  snapshots: number;
  tags: number;
  parameterGroups: number;
  subnetGroups: number;
  /** Subnets of a subnet group. */
  subnets: number;
}

export interface Existing {
  subnetGroups: string[];
  /** Name → status. Only `active` user groups can be used. */
  userGroups: Record<string, string>;
  /** Name → family, for example `{ "my-redis7": "redis7" }`. Names ending in `.cluster.on` enable cluster mode. */
  parameterGroups: Record<string, string>;
  /** Node types without capacity. */
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
  parameterGroups: 300,
  subnetGroups: 300,
  subnets: 20,
};

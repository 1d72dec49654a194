import type { Endpoint, ReplicationGroup } from '@aws-sdk/client-elasticache';
import { isUnresponsive } from '../aws/regionHealth.ts';
import { foundValue, lookup } from './lookup.ts';
import { findReplicationGroup } from './replicationGroup.ts';

/** An address that clients connect to, and the member that it belongs to. */
export interface EndpointAddress {
  readonly Region: string;
  readonly ReplicationGroupId: string;
  readonly Address: string;
  readonly Port: number;
}

/** A replication group as AWS describes it, with its region. */
export interface RegionalGroup extends Pick<ReplicationGroup, 'ConfigurationEndpoint' | 'NodeGroups'> {
  readonly ReplicationGroupId: string;
  readonly region: string;
}

/**
 * Returns the address that takes the writes while the replication group is the primary, if AWS shows one. unverified: a secondary has
 * the same address before and after its promotion.
 */
export const writerOf = (group: RegionalGroup): EndpointAddress | undefined =>
  toAddress(group, group.ConfigurationEndpoint ?? group.NodeGroups?.[0]?.PrimaryEndpoint);

/** Returns the address that takes reads, if AWS shows one. */
export const readerOf = (group: RegionalGroup): EndpointAddress | undefined =>
  toAddress(group, group.ConfigurationEndpoint ?? group.NodeGroups?.[0]?.ReaderEndpoint);

const toAddress = (
  { region, ReplicationGroupId }: RegionalGroup,
  { Address, Port }: Endpoint = {},
): EndpointAddress | undefined =>
  Address === undefined || Port === undefined ? undefined : { Region: region, ReplicationGroupId, Address, Port };

/** A replication group that takes writes, with its address if AWS shows one. */
export type WriterGroup = Pick<EndpointAddress, 'Region' | 'ReplicationGroupId'> & Partial<EndpointAddress>;

/** Returns a replication group with the address that takes its writes. Never throws: a failed read leaves the address out. */
export async function findWriter(
  signal: AbortSignal,
  Region: string,
  ReplicationGroupId: string,
): Promise<WriterGroup> {
  const group = foundValue(await lookup(findReplicationGroup(signal, Region, ReplicationGroupId)));
  const { Address, Port } = (group && writerOf({ ...group, region: Region })) ?? {};
  return { Region, ReplicationGroupId, Address, Port };
}

/** The time for which a failover waits for the address of the new primary. */
const writerMs = 1_000;

/**
 * Returns the address of a member that becomes the primary. Undefined if its region does not return it within `writerMs`, or has not
 * responded before: a failover neither fails nor waits for it.
 */
export async function findWriterSoon(
  signal: AbortSignal,
  region: string,
  ReplicationGroupId: string,
): Promise<EndpointAddress | undefined> {
  if (isUnresponsive(region)) return undefined;
  const limit = new AbortController();
  // not a TimeoutError, after which the region would count as unresponsive
  const timer = setTimeout(() => limit.abort('the response does not wait longer'), writerMs);
  try {
    const group = await findReplicationGroup(AbortSignal.any([signal, limit.signal]), region, ReplicationGroupId);
    return writerOf({ ...group, region });
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

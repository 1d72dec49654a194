import { DescribeCacheClustersCommand } from '@aws-sdk/client-elasticache';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { withRegionTimeout } from '../aws/multiRegion.ts';
import { config } from '../config.ts';
import { isAtLeast, oldestVersions } from '../datastores/eligibility.ts';
import { foundValue, isFound, type Lookup, lookup } from '../datastores/lookup.ts';
import { findReplicationGroup } from '../datastores/replicationGroup.ts';
import { atMostWarning, type Check, checkRule } from '../problems/check.ts';
import { checkExtendedSupport, checkNodeType } from './commonChecks.ts';

type Group = Awaited<ReturnType<typeof findReplicationGroup>>;

const pointer = '#/PrimaryReplicationGroupId';

/** Checks that the primary of a new datastore exists. If not, the check names the other regions that have a group of its name. */
export async function checkPrimaryExists(
  signal: AbortSignal,
  primary: Lookup<Group>,
  { region, id }: { readonly region: string; readonly id: string },
): Promise<Check> {
  const exists = isFound(primary);
  const others = exists === false ? await regionsWith(signal, region, id) : [];
  const advice =
    others.length > 0
      ? `A replication group of this name is in ${others.join(', ')}: set PrimaryReplicationGroupRegion to its region.`
      : 'The primary is a replication group that exists and is available.';
  return checkRule(
    'primary-exists',
    exists,
    {
      pass: `${id} exists in ${region}.`,
      fail: `Replication group ${id} does not exist in ${region}. ${advice}`,
      unknown: `Replication group ${id} could not be read in ${region}.`,
    },
    others.length > 0 ? '#/PrimaryReplicationGroupRegion' : pointer,
  );
}

/** Returns the other regions of this API in which a replication group has this name. */
async function regionsWith(signal: AbortSignal, region: string, id: string): Promise<string[]> {
  const others = config.regions.filter((other) => other !== region);
  const groups = await Promise.all(
    others.map((other) => lookup(findReplicationGroup(withRegionTimeout(signal), other, id))),
  );
  return others.filter((_, index) => groups[index]?.is === 'found');
}

/** Checks that a replication group can become the primary of a datastore (ElastiCache user guide, prerequisites). */
export async function checkPrimary(signal: AbortSignal, region: string, group: Group): Promise<Check[]> {
  const { GlobalReplicationGroupId } = group.GlobalReplicationGroupInfo ?? {};
  return [
    checkAvailable(group),
    checkRule(
      'primary-not-in-global',
      GlobalReplicationGroupId === undefined,
      {
        pass: 'The primary is a member of no datastore.',
        fail: `The primary is already a member of ${GlobalReplicationGroupId}.`,
      },
      pointer,
    ),
    checkNodeType(group.CacheNodeType, pointer),
    ...(await checkEngineVersion(signal, region, group)),
    checkRule(
      'network-type',
      group.NetworkType === undefined ? undefined : group.NetworkType === 'ipv4',
      {
        pass: 'The network type of the primary is ipv4.',
        fail: `The network type of the primary is ${group.NetworkType}. A datastore requires ipv4.`,
      },
      pointer,
    ),
    checkDurability(group),
    checkPrimaryFailover(group),
  ];
}

function checkAvailable({ Status, ReplicationGroupId }: Group): Check {
  const advice =
    Status === 'create-failed'
      ? `It could not be created. Delete ${ReplicationGroupId} and create it again.`
      : 'Wait until it is available.';
  return checkRule(
    'primary-available',
    Status === 'available',
    { pass: 'The primary is available.', fail: `The primary is ${Status}. ${advice}` },
    pointer,
  );
}

/** Checks the engine version of the first node. A replication group itself does not have one. */
async function checkEngineVersion(signal: AbortSignal, region: string, group: Group): Promise<Check[]> {
  const [CacheClusterId] = group.MemberClusters ?? [];
  const nodes = elastiCache(signal, region).send(new DescribeCacheClustersCommand({ CacheClusterId }));
  const { Engine = '', EngineVersion = '' } = foundValue(await lookup(nodes))?.CacheClusters?.[0] ?? {};
  const oldest = oldestVersions[Engine];
  const version = checkRule(
    'engine-version',
    EngineVersion && oldest ? isAtLeast(EngineVersion, oldest) : undefined,
    {
      pass: `${Engine} ${EngineVersion} is supported.`,
      fail: `${Engine} ${EngineVersion} is too old. A datastore requires ${oldest} or newer.`,
      unknown: 'The engine version of the primary could not be read.',
    },
    pointer,
  );
  return [version, ...checkExtendedSupport(Engine, EngineVersion, pointer)];
}

/** Checks that the primary is not durable (ElastiCache user guide, limitations of durability, October 2026). */
function checkDurability({ Durability, EffectiveDurability }: Group): Check {
  const durability = EffectiveDurability ?? Durability ?? '';
  return checkRule(
    'durability',
    !['sync', 'async'].includes(durability),
    {
      pass: 'The primary has no durability.',
      fail: `The primary has the durability ${durability}. Groups with durability cannot belong to a datastore.`,
    },
    pointer,
  );
}

/**
 * Warns of a primary without automatic failover or Multi-AZ. AWS's agent toolkit requires both, and terraform-provider-aws's tests
 * create datastores without them.
 */
function checkPrimaryFailover({ AutomaticFailover, MultiAZ }: Group): Check {
  return atMostWarning(
    checkRule(
      'primary-failover',
      AutomaticFailover === 'enabled' && MultiAZ === 'enabled',
      {
        pass: 'Automatic failover and Multi-AZ are enabled.',
        fail: `Automatic failover is ${AutomaticFailover} and Multi-AZ is ${MultiAZ}. AWS recommends both for the primary of a datastore.`,
      },
      pointer,
    ),
  );
}

import {
  DescribeCacheClustersCommand,
  DescribeGlobalReplicationGroupsCommand,
  type DescribeGlobalReplicationGroupsCommandOutput,
} from '@aws-sdk/client-elasticache';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { config } from '../config.ts';
import { isAtLeast, oldestVersions, supportedRegions } from '../datastores/eligibility.ts';
import { foundValue, isFound, lookup } from '../datastores/lookup.ts';
import { findReplicationGroup } from '../datastores/replicationGroup.ts';
import { assertValidSecondaries } from '../operations/goals.ts';
import { type Check, checkRule } from '../problems/check.ts';
import type { ApiRequest } from '../schemas/apiRequest.ts';
import type { createGlobalDatastore } from '../schemas/createGlobalDatastore.ts';
import { checkNodeType, checkRegion } from './commonChecks.ts';
import type { DryRunResult } from './dryRunResult.ts';
import { checkSecondaries, describeSecondaries } from './memberChecks.ts';

const primaryPointer = '#/PrimaryReplicationGroupId';
const suffixPointer = '#/GlobalReplicationGroupIdSuffix';

/** Checks that a datastore can be created over this primary and with this suffix. */
export async function preflight({ body, signal }: ApiRequest<typeof createGlobalDatastore>): Promise<DryRunResult> {
  const {
    PrimaryReplicationGroupRegion: region = config.region,
    PrimaryReplicationGroupId: id,
    GlobalReplicationGroupIdSuffix: suffix,
  } = body;
  assertValidSecondaries(body);
  const reading = lookup(findReplicationGroup(signal, region, id));
  const [primary, idsWithSuffix, secondaries] = await Promise.all([
    reading,
    lookup(listIdsWithSuffix(signal, region, suffix)),
    checkSecondaries(signal, body, reading.then(foundValue)),
  ]);
  const primaryExists = checkRule(
    'primary-exists',
    isFound(primary),
    { pass: `${id} exists in ${region}.`, fail: `Replication group ${id} does not exist in ${region}.` },
    primaryPointer,
  );
  const group = foundValue(primary);
  return {
    Checks: [
      checkRegion(region, '#/PrimaryReplicationGroupRegion'),
      checkSuffixSyntax(suffix),
      checkSuffixFree(suffix, region, foundValue(idsWithSuffix)),
      primaryExists,
      ...(group ? await checkPrimary(signal, region, group) : []),
      ...secondaries,
    ],
    Plan: [
      `Create the datastore ${suffix} with ${region}/${id} as its primary (CreateGlobalReplicationGroup in ${region}).`,
      ...describeSecondaries(body),
    ],
  };
}

type Group = Awaited<ReturnType<typeof findReplicationGroup>>;

async function checkPrimary(signal: AbortSignal, region: string, group: Group): Promise<Check[]> {
  const { GlobalReplicationGroupId } = group.GlobalReplicationGroupInfo ?? {};
  return [
    checkRule(
      'primary-available',
      group.Status === 'available',
      { pass: 'The primary is available.', fail: `The primary is ${group.Status}. Wait until it is available.` },
      primaryPointer,
    ),
    checkRule(
      'primary-not-in-global',
      GlobalReplicationGroupId === undefined,
      {
        pass: 'The primary is a member of no datastore.',
        fail: `The primary is already a member of ${GlobalReplicationGroupId}.`,
      },
      primaryPointer,
    ),
    checkNodeType(group.CacheNodeType, primaryPointer),
    await checkEngineVersion(signal, region, group),
    checkRule(
      'network-type',
      group.NetworkType === undefined ? undefined : group.NetworkType === 'ipv4',
      {
        pass: 'The network type of the primary is ipv4.',
        fail: `The network type of the primary is ${group.NetworkType}. A datastore requires ipv4.`,
      },
      primaryPointer,
    ),
  ];
}

/** Checks the engine version of the first node. A replication group itself does not have one. */
async function checkEngineVersion(signal: AbortSignal, region: string, group: Group): Promise<Check> {
  const [CacheClusterId] = group.MemberClusters ?? [];
  const nodes = elastiCache(signal, region).send(new DescribeCacheClustersCommand({ CacheClusterId }));
  const { Engine = '', EngineVersion = '' } = foundValue(await lookup(nodes))?.CacheClusters?.[0] ?? {};
  const oldest = oldestVersions[Engine];
  return checkRule(
    'engine-version',
    EngineVersion && oldest ? isAtLeast(EngineVersion, oldest) : undefined,
    {
      pass: `${Engine} ${EngineVersion} is supported.`,
      fail: `${Engine} ${EngineVersion} is too old. A datastore requires ${oldest} or newer.`,
      unknown: 'The engine version of the primary could not be read.',
    },
    primaryPointer,
  );
}

function checkSuffixSyntax(suffix: string): Check {
  const Outcome = suffix === suffix.toLowerCase() ? 'pass' : 'warn';
  const Detail = Outcome === 'pass' ? 'The suffix is in lower case.' : 'AWS stores ids in lower case.';
  return { Id: 'suffix-syntax', Outcome, Detail, Pointer: suffixPointer };
}

/** Returns the ids with this suffix among the datastores that the region lists. */
async function listIdsWithSuffix(signal: AbortSignal, region: string, suffix: string): Promise<string[]> {
  const ids: string[] = [];
  let Marker: string | undefined;
  do {
    const page: DescribeGlobalReplicationGroupsCommandOutput = await elastiCache(signal, region).send(
      new DescribeGlobalReplicationGroupsCommand({ Marker }),
    );
    ids.push(...(page.GlobalReplicationGroups ?? []).map((group) => group.GlobalReplicationGroupId ?? ''));
    Marker = page.Marker;
  } while (Marker);
  return ids.filter((id) => id.slice(id.indexOf('-') + 1) === suffix.toLowerCase());
}

/**
 * Checks that no datastore with this suffix was created in the region. Each region adds its own prefix, so the same suffix may
 * be free in one region and used in another. The datastores are not named: they can be another owner's.
 */
function checkSuffixFree(suffix: string, region: string, existingIds: readonly string[] | undefined): Check {
  const prefix = supportedRegions[region];
  const sameId = existingIds?.find((id) => id.startsWith(`${prefix}-`));
  const free = existingIds?.length === 0 || (existingIds && prefix !== undefined ? !sameId : undefined);
  const details = {
    pass: `No datastore created in ${region} has the suffix ${suffix}.`,
    fail: `A datastore created in ${region} has the suffix ${suffix}.`,
    unknown: existingIds
      ? `A datastore has the suffix ${suffix}. It may have been created in ${region}: the id prefix of this region is not published.`
      : 'The datastores could not be listed.',
  };
  return checkRule('suffix-free', free, details, suffixPointer);
}

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

const primary = '#/PrimaryReplicationGroupId';
const suffix = '#/GlobalReplicationGroupIdSuffix';

/** Whether a datastore can be made over this primary, under this name. */
export async function preflight({ body, signal }: ApiRequest<typeof createGlobalDatastore>): Promise<DryRunResult> {
  const {
    PrimaryReplicationGroupRegion: region = config.region,
    PrimaryReplicationGroupId: id,
    GlobalReplicationGroupIdSuffix: name,
  } = body;
  assertValidSecondaries(body);
  const [group, taken] = await Promise.all([
    lookup(findReplicationGroup(signal, region, id)),
    lookup(listIdsWithSuffix(signal, region, name)),
  ]);
  const primaryExists = checkRule(
    'primary-exists',
    isFound(group),
    { pass: `${id} exists in ${region}.`, fail: `There is no replication group ${id} in ${region}.` },
    primary,
  );
  const found = foundValue(group);
  return {
    Checks: [
      checkRegion(region, '#/PrimaryReplicationGroupRegion'),
      checkSuffixSyntax(name),
      checkSuffixFree(name, region, foundValue(taken)),
      primaryExists,
      ...(found ? await checkPrimary(signal, region, found) : []),
      ...(await checkSecondaries(signal, body)),
    ],
    Plan: [
      `Make the datastore ${name} with ${region}/${id} as its primary (CreateGlobalReplicationGroup in ${region}).`,
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
      { pass: 'It is available.', fail: `It is ${group.Status}; wait until it is available.` },
      primary,
    ),
    checkRule(
      'primary-not-in-global',
      GlobalReplicationGroupId === undefined,
      { pass: 'It is in no datastore.', fail: `It belongs to ${GlobalReplicationGroupId} already.` },
      primary,
    ),
    checkNodeType(group.CacheNodeType, primary),
    await checkEngineVersion(signal, region, group),
    checkRule(
      'network-type',
      group.NetworkType === undefined ? undefined : group.NetworkType === 'ipv4',
      { pass: 'Its network is ipv4.', fail: `Its network is ${group.NetworkType}; a datastore needs ipv4.` },
      primary,
    ),
  ];
}

/** A replication group does not tell its engine's version; its nodes do. */
async function checkEngineVersion(signal: AbortSignal, region: string, group: Group): Promise<Check> {
  const [CacheClusterId] = group.MemberClusters ?? [];
  const asked = elastiCache(signal, region).send(new DescribeCacheClustersCommand({ CacheClusterId }));
  const { Engine = '', EngineVersion = '' } = foundValue(await lookup(asked))?.CacheClusters?.[0] ?? {};
  const oldest = oldestVersions[Engine];
  return checkRule(
    'engine-version',
    EngineVersion && oldest ? isAtLeast(EngineVersion, oldest) : undefined,
    {
      pass: `${Engine} ${EngineVersion} is new enough.`,
      fail: `${Engine} ${EngineVersion} is too old: a datastore needs ${oldest} or newer.`,
      unknown: 'Its engine version could not be read.',
    },
    primary,
  );
}

function checkSuffixSyntax(name: string): Check {
  const Outcome = name === name.toLowerCase() ? 'pass' : 'warn';
  const Detail = Outcome === 'pass' ? 'The suffix is of the right form.' : 'AWS stores ids in lower case.';
  return { Id: 'suffix-syntax', Outcome, Detail, Pointer: suffix };
}

/** The ids of datastores with this suffix, as far as a region lists them. */
async function listIdsWithSuffix(signal: AbortSignal, region: string, name: string): Promise<string[]> {
  const ids: string[] = [];
  let Marker: string | undefined;
  do {
    const page: DescribeGlobalReplicationGroupsCommandOutput = await elastiCache(signal, region).send(
      new DescribeGlobalReplicationGroupsCommand({ Marker }),
    );
    ids.push(...(page.GlobalReplicationGroups ?? []).map((group) => group.GlobalReplicationGroupId ?? ''));
    Marker = page.Marker;
  } while (Marker);
  return ids.filter((id) => id.slice(id.indexOf('-') + 1) === name.toLowerCase());
}

/** Each region puts its own prefix before a suffix, so the same suffix may be free in one and taken in another. */
function checkSuffixFree(name: string, region: string, taken: readonly string[] | undefined): Check {
  const prefix = supportedRegions[region];
  const holder = taken?.find((id) => id.startsWith(`${prefix}-`));
  const free = taken?.length === 0 || (taken && prefix !== undefined ? !holder : undefined);
  const words = {
    pass: `No datastore made in ${region} is called ${name}.`,
    fail: `${holder} exists already.`,
    unknown: taken
      ? `${taken.join(', ')} exists; whether it was made in ${region} cannot be told, as the prefix of that region is not published.`
      : 'The datastores could not be listed.',
  };
  return checkRule('suffix-free', free, words, suffix);
}

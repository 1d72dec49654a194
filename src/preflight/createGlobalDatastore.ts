import {
  DescribeCacheClustersCommand,
  DescribeGlobalReplicationGroupsCommand,
  type DescribeGlobalReplicationGroupsCommandOutput,
} from '@aws-sdk/client-elasticache';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { config } from '../config.ts';
import { isAtLeast, oldestVersions, supportedRegions } from '../datastores/eligibility.ts';
import { findReplicationGroup } from '../datastores/replicationGroup.ts';
import type { ApiRequest } from '../http/defineHandler.ts';
import { assertValidSecondaries } from '../operations/goals.ts';
import type { createGlobalDatastore } from '../schemas/createGlobalDatastore.ts';
import { type Check, type Findings, isThere, judge, known, learned } from './check.ts';
import { nodeTypeSupported } from './nodeTypeCheck.ts';
import { regionSupported } from './regionCheck.ts';
import { checkSecondaries, secondariesInWords } from './secondariesCheck.ts';

const primary = '#/PrimaryReplicationGroupId';
const suffix = '#/GlobalReplicationGroupIdSuffix';

/** Whether a datastore can be made over this primary, under this name. */
export async function check({ body, signal }: ApiRequest<typeof createGlobalDatastore>): Promise<Findings> {
  const {
    PrimaryReplicationGroupRegion: region = config.region,
    PrimaryReplicationGroupId: id,
    GlobalReplicationGroupIdSuffix: name,
  } = body;
  assertValidSecondaries(body);
  const [group, taken] = await Promise.all([
    known(findReplicationGroup(signal, region, id)),
    known(namesTaken(signal, region, name)),
  ]);
  const exists = judge(
    'primary-exists',
    isThere(group),
    { pass: `${id} exists in ${region}.`, fail: `There is no replication group ${id} in ${region}.` },
    primary,
  );
  const found = learned(group);
  return {
    Checks: [
      regionSupported(region, '#/PrimaryReplicationGroupRegion'),
      suffixSyntax(name),
      suffixFree(name, region, learned(taken)),
      exists,
      ...(found ? await ofPrimary(signal, region, found) : []),
      ...(await checkSecondaries(signal, body)),
    ],
    Plan: [
      `Make the datastore ${name} with ${region}/${id} as its primary (CreateGlobalReplicationGroup in ${region}).`,
      ...secondariesInWords(body),
    ],
  };
}

type Group = Awaited<ReturnType<typeof findReplicationGroup>>;

async function ofPrimary(signal: AbortSignal, region: string, group: Group): Promise<Check[]> {
  const { GlobalReplicationGroupId } = group.GlobalReplicationGroupInfo ?? {};
  return [
    judge(
      'primary-available',
      group.Status === 'available',
      { pass: 'It is available.', fail: `It is ${group.Status}; wait until it is available.` },
      primary,
    ),
    judge(
      'primary-not-in-global',
      GlobalReplicationGroupId === undefined,
      { pass: 'It is in no datastore.', fail: `It belongs to ${GlobalReplicationGroupId} already.` },
      primary,
    ),
    nodeTypeSupported(group.CacheNodeType, primary),
    await engineNewEnough(signal, region, group),
    judge(
      'network-type',
      group.NetworkType === undefined ? undefined : group.NetworkType === 'ipv4',
      { pass: 'Its network is ipv4.', fail: `Its network is ${group.NetworkType}; a datastore needs ipv4.` },
      primary,
    ),
  ];
}

/** A replication group does not tell its engine's version; its nodes do. */
async function engineNewEnough(signal: AbortSignal, region: string, group: Group): Promise<Check> {
  const [CacheClusterId] = group.MemberClusters ?? [];
  const asked = elastiCache(signal, region).send(new DescribeCacheClustersCommand({ CacheClusterId }));
  const { Engine = '', EngineVersion = '' } = learned(await known(asked))?.CacheClusters?.[0] ?? {};
  const oldest = oldestVersions[Engine];
  return judge(
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

function suffixSyntax(name: string): Check {
  const Outcome = name === name.toLowerCase() ? 'pass' : 'warn';
  const Detail = Outcome === 'pass' ? 'The suffix is of the right form.' : 'AWS stores ids in lower case.';
  return { Id: 'suffix-syntax', Outcome, Detail, Pointer: suffix };
}

/** The ids of datastores with this suffix, as far as a region lists them. */
async function namesTaken(signal: AbortSignal, region: string, name: string): Promise<string[]> {
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
function suffixFree(name: string, region: string, taken: readonly string[] | undefined): Check {
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
  return judge('suffix-free', free, words, suffix);
}

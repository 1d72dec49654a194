import {
  DescribeGlobalReplicationGroupsCommand,
  type DescribeGlobalReplicationGroupsCommandOutput,
} from '@aws-sdk/client-elasticache';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { config } from '../config.ts';
import { supportedRegions } from '../datastores/eligibility.ts';
import { foundValue, lookup } from '../datastores/lookup.ts';
import { findReplicationGroup } from '../datastores/replicationGroup.ts';
import { assertValidSecondaries } from '../operations/goals.ts';
import { atMostWarning, type Check, checkRule } from '../problems/check.ts';
import type { ApiRequest } from '../schemas/apiRequest.ts';
import type { createGlobalDatastore } from '../schemas/createGlobalDatastore.ts';
import { checkRegion } from './commonChecks.ts';
import type { DryRunResult } from './dryRunResult.ts';
import { checkSecondaries, describeSecondaries } from './memberChecks.ts';
import { checkPrimary, checkPrimaryExists } from './primaryChecks.ts';

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
  const group = foundValue(primary);
  const primaryChecks = group ? await checkPrimary(signal, region, group) : [];
  return {
    Checks: [
      checkRegion(region, '#/PrimaryReplicationGroupRegion'),
      checkSuffixSyntax(suffix, region),
      checkSuffixFree(suffix, region, foundValue(idsWithSuffix)),
      await checkPrimaryExists(signal, primary, { region, id }),
      ...primaryChecks,
      ...secondaries,
    ],
    Plan: [
      `Create the datastore ${suffix} with ${region}/${id} as its primary (CreateGlobalReplicationGroup in ${region}).`,
      ...describeSecondaries(body),
    ],
  };
}

/** Checks that the suffix is a name, and not an id. AWS adds a prefix to it, also if it has one. */
function checkSuffixSyntax(suffix: string, region: string): Check {
  const stored = suffix.toLowerCase();
  const isId = Object.values(supportedRegions).some((prefix) => prefix && stored.startsWith(`${prefix}-`));
  const result = `the id becomes ${supportedRegions[region] ?? 'prefix'}-${stored}`;
  return atMostWarning(
    checkRule(
      'suffix-syntax',
      !isId && suffix === stored,
      {
        pass: 'The suffix is in lower case and has no prefix.',
        fail: isId
          ? `The suffix begins with a prefix of AWS, and AWS adds one: ${result}. Leave out the prefix.`
          : `AWS stores ids in lower case: ${result}.`,
      },
      suffixPointer,
    ),
  );
}

/** The limit on pages of datastores that are read: 1,000 datastores. */
const maxListedPages = 10;

/** Returns the ids with this suffix among the datastores that the region lists. Undefined if it lists too many. */
async function listIdsWithSuffix(signal: AbortSignal, region: string, suffix: string): Promise<string[] | undefined> {
  const ids: string[] = [];
  let Marker: string | undefined;
  for (let page = 1; page <= maxListedPages; page++) {
    const output: DescribeGlobalReplicationGroupsCommandOutput = await elastiCache(signal, region).send(
      new DescribeGlobalReplicationGroupsCommand({ Marker }),
    );
    ids.push(...(output.GlobalReplicationGroups ?? []).map((group) => group.GlobalReplicationGroupId ?? ''));
    Marker = output.Marker;
    if (!Marker) break;
  }
  const found = ids.filter((id) => id.slice(id.indexOf('-') + 1) === suffix.toLowerCase());
  return Marker && found.length === 0 ? undefined : found;
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

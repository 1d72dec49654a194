import type { CacheEngineVersion } from '@aws-sdk/client-elasticache';
import { isAtLeast } from '../datastores/eligibility.ts';
import { findParameterGroup, findShownVersion, findVersion, listEngineVersions } from '../datastores/engineVersions.ts';
import type { GlobalDatastore } from '../datastores/globalDatastore.ts';
import { foundValue, isFound, type Lookup, lookup } from '../datastores/lookup.ts';
import { type Check, checkRule } from '../problems/check.ts';
import type { ApiRequest } from '../schemas/apiRequest.ts';
import type { modifyGlobalDatastore } from '../schemas/modifyGlobalDatastore.ts';
import { checkExtendedSupport } from './commonChecks.ts';

type Body = ApiRequest<typeof modifyGlobalDatastore>['body'];

/** Checks that the datastore can get this engine, version and parameter group. `region` is the region that the call is sent to. */
export async function checkEngine(
  signal: AbortSignal,
  region: string,
  group: GlobalDatastore,
  body: Body & { readonly EngineVersion: string },
): Promise<Check[]> {
  const { Engine: present = '' } = group;
  const { Engine = present, EngineVersion, CacheParameterGroupName: name } = body;
  const [versions, presentVersions, parameterGroup] = await Promise.all([
    lookup(listEngineVersions(signal, region, Engine)),
    lookup(listEngineVersions(signal, region, present)),
    name === undefined ? undefined : lookup(findParameterGroup(signal, region, name)),
  ]);
  const found = findVersion(foundValue(versions) ?? [], EngineVersion);
  const to = found?.CacheParameterGroupFamily;
  const from = findShownVersion(foundValue(presentVersions) ?? [], group.EngineVersion)?.CacheParameterGroupFamily;
  return [
    ...(body.Engine === undefined ? [] : [checkEngineChange(group, { Engine, EngineVersion })]),
    checkKnown(Engine, EngineVersion, foundValue(versions)),
    ...(Engine === present ? [checkUpgrade(group, found?.EngineVersion ?? EngineVersion)] : []),
    ...checkExtendedSupport(Engine, EngineVersion, '#/EngineVersion'),
    ...(name === undefined ? [checkNoGroup(present !== Engine, { from, to })] : []),
    ...(name && parameterGroup ? checkGroup({ name, parameterGroup, group }, { from, to }) : []),
  ];
}

/** The families of parameter groups before and after a change. Undefined if they could not be read. */
interface Families {
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/**
 * Checks that redis changes to valkey. The way back exists for replication groups, from 7.2 to 7.1 (ElastiCache user guide, engine
 * upgrades). unverified: for datastores.
 */
function checkEngineChange(
  group: GlobalDatastore,
  to: { readonly Engine: string; readonly EngineVersion: string },
): Check {
  const { Engine, EngineVersion } = to;
  const { Engine: present, EngineVersion: version = '' } = group;
  const isRollback = present === 'valkey' && Engine === 'redis' && version.startsWith('7.2') && EngineVersion === '7.1';
  return checkRule(
    'engine-change',
    isRollback ? undefined : Engine === present || (present === 'redis' && Engine === 'valkey'),
    {
      pass: `${present} can be changed to ${Engine}.`,
      fail: `${present} cannot be changed to ${Engine}. Only redis can be changed, to valkey.`,
      unknown: 'AWS describes this rollback for replication groups, and not for datastores. AWS decides.',
    },
    '#/Engine',
  );
}

function checkKnown(engine: string, version: string, versions: readonly CacheEngineVersion[] | undefined): Check {
  const names = versions?.map(({ EngineVersion }) => EngineVersion).join(', ');
  return checkRule(
    'engine-version-exists',
    versions && findVersion(versions, version) !== undefined,
    {
      pass: `${engine} ${version} exists.`,
      fail: `${engine} ${version} does not exist, or is not to be named so. The versions are ${names}.`,
      unknown: 'The engine versions could not be read.',
    },
    '#/EngineVersion',
  );
}

/** Checks that the version is newer. AWS never downgrades. */
function checkUpgrade({ Engine, EngineVersion = '' }: GlobalDatastore, version: string): Check {
  const isSame = `${EngineVersion}.`.startsWith(`${version}.`);
  return checkRule(
    'engine-version',
    !isSame && isAtLeast(version, EngineVersion),
    {
      pass: `${version} is newer than ${Engine} ${EngineVersion}.`,
      fail: isSame
        ? `The datastore runs ${Engine} ${EngineVersion} already.`
        : `${version} is older. The datastore runs ${Engine} ${EngineVersion}. AWS only upgrades engines.`,
    },
    '#/EngineVersion',
  );
}

/**
 * Checks that no parameter group is needed. Only a change of the engine needs none, if all members use default parameters
 * (ElastiCache user guide, engine upgrades), and ElastiCache does not show of which group that of a member is a copy.
 */
function checkNoGroup(changesEngine: boolean, { from, to }: Families): Check {
  const isSameFamily = from === undefined || to === undefined ? undefined : from === to;
  return checkRule(
    'parameter-group-of-new-family',
    isSameFamily === false && changesEngine ? undefined : isSameFamily,
    {
      pass: 'The version has the parameter groups of the present one.',
      fail: `A parameter group of family ${to} is required. Set CacheParameterGroupName, such as default.${to}.`,
      unknown: changesEngine
        ? `If the members use default parameters, no parameter group is required. Otherwise set CacheParameterGroupName to one of family ${to}.`
        : 'The families of the engine versions could not be read.',
    },
    '#/CacheParameterGroupName',
  );
}

interface RequestedGroup {
  readonly name: string;
  readonly parameterGroup: Lookup<{ readonly CacheParameterGroupFamily?: string | undefined }>;
  readonly group: GlobalDatastore;
}

function checkGroup({ name, parameterGroup, group }: RequestedGroup, { from, to }: Families): Check[] {
  const pointer = '#/CacheParameterGroupName';
  const family = foundValue(parameterGroup)?.CacheParameterGroupFamily;
  const exists = checkRule(
    'parameter-group-exists',
    isFound(parameterGroup),
    { pass: `${name} exists.`, fail: `Parameter group ${name} does not exist in the region of the call.` },
    pointer,
  );
  return [
    checkRule(
      'parameter-group-with-major-version',
      from === undefined || to === undefined ? undefined : from !== to,
      {
        pass: 'This change of the engine accepts a parameter group.',
        fail: 'Use a parameter group only together with a new major version or another engine.',
      },
      pointer,
    ),
    exists,
    ...(exists.Outcome === 'pass' ? [checkFamily(family, to), checkGroupClusterMode(name, group)] : []),
  ];
}

const checkFamily = (family: string | undefined, to: string | undefined): Check =>
  checkRule(
    'parameter-group-family',
    family === undefined || to === undefined ? undefined : family === to,
    {
      pass: `The parameter group has the family ${to}.`,
      fail: `The parameter group has the family ${family}. The version requires ${to}.`,
    },
    '#/CacheParameterGroupName',
  );

/** Checks the cluster mode of a default parameter group, which its name shows. Of other groups it is not read. */
const checkGroupClusterMode = (name: string, { ClusterEnabled = false }: GlobalDatastore): Check =>
  checkRule(
    'parameter-group-cluster-mode',
    name.startsWith('default.') ? name.endsWith('.cluster.on') === ClusterEnabled : undefined,
    {
      pass: 'The parameter group has the cluster mode of the datastore.',
      fail: `The parameter group must have cluster mode ${ClusterEnabled ? 'enabled' : 'disabled'}, as the datastore.`,
      unknown: `The parameter group must have cluster-enabled ${ClusterEnabled ? 'yes' : 'no'}, as the datastore.`,
    },
    '#/CacheParameterGroupName',
  );

import { isAtLeast, oldestVersions } from '../datastores/eligibility.ts';
import type { GlobalDatastore } from '../datastores/globalDatastore.ts';
import { STABLE_STATUSES } from '../datastores/status.ts';
import { type Check, checkRule } from '../problems/check.ts';
import type { ApiRequest } from '../schemas/apiRequest.ts';
import type { modifyGlobalDatastore } from '../schemas/modifyGlobalDatastore.ts';
import { checkExists, checkNodeType, checkStatus } from './commonChecks.ts';
import type { DryRunResult } from './dryRunResult.ts';

type Request = ApiRequest<typeof modifyGlobalDatastore>;

/** Checks that the datastore can get these settings. */
export async function preflight({ path, body, signal }: Request): Promise<DryRunResult> {
  const { group, exists } = await checkExists(signal, path.GlobalReplicationGroupId);
  const { ApplyImmediately: _, ...change } = body;
  const settings = Object.entries(change).map(([name, value]) => `${name} to ${value}`);
  return {
    Checks: [exists, ...(group ? checkSettings(group, body) : [])],
    Plan: [`Set ${settings.join(', ')} in all members (ModifyGlobalReplicationGroup).`],
  };
}

function checkSettings(group: GlobalDatastore, body: Request['body']): Check[] {
  return [
    checkStatus(group, STABLE_STATUSES),
    ...(body.CacheNodeType ? [checkNodeType(body.CacheNodeType, '#/CacheNodeType')] : []),
    ...(body.Engine ? [checkEngine(group, body.Engine)] : []),
    ...(body.EngineVersion ? [checkEngineUpgrade(group, body.EngineVersion, body.Engine)] : []),
    ...(body.CacheParameterGroupName ? [checkParameterGroup(group, body)] : []),
  ];
}

const checkEngine = ({ Engine }: GlobalDatastore, engine: string): Check =>
  checkRule(
    'engine-change',
    engine === Engine || (Engine === 'redis' && engine === 'valkey'),
    {
      pass: `${Engine} can be changed to ${engine}.`,
      fail: `${Engine} cannot be changed to ${engine}. Only redis can be changed, to valkey.`,
    },
    '#/Engine',
  );

/** Checks that the version is newer. AWS never downgrades. After a change of the engine, its oldest version is the limit. */
function checkEngineUpgrade(group: GlobalDatastore, version: string, engine = group.Engine): Check {
  const { Engine = '', EngineVersion } = group;
  const oldest = engine === Engine ? EngineVersion : oldestVersions[engine ?? ''];
  const same = engine === Engine && EngineVersion?.startsWith(version.replace(/x$/, ''));
  return checkRule(
    'engine-version',
    oldest === undefined ? undefined : !same && isAtLeast(version, oldest),
    {
      pass: `${version} is newer than ${Engine} ${EngineVersion}.`,
      fail: `${version} is not newer. The datastore runs ${Engine} ${EngineVersion}. AWS only upgrades engines.`,
    },
    '#/EngineVersion',
  );
}

/** Checks that a parameter group comes with a new major version: its family follows the major version. */
function checkParameterGroup(group: GlobalDatastore, { Engine, EngineVersion = '' }: Request['body']): Check {
  const major = (version: string | undefined) => version?.split('.')[0];
  const changes = (Engine ?? group.Engine) !== group.Engine || major(EngineVersion) !== major(group.EngineVersion);
  return checkRule(
    'parameter-group-with-major-version',
    changes,
    {
      pass: 'This change of the engine accepts a parameter group.',
      fail: 'Use a parameter group only together with a new major version or another engine.',
    },
    '#/CacheParameterGroupName',
  );
}

import { isAtLeast, oldestVersions } from '../datastores/eligibility.ts';
import type { GlobalDatastore } from '../datastores/globalDatastore.ts';
import { STABLE_STATUSES } from '../datastores/status.ts';
import { type Check, checkRule } from '../problems/check.ts';
import type { ApiRequest } from '../schemas/apiRequest.ts';
import type { modifyGlobalDatastore } from '../schemas/modifyGlobalDatastore.ts';
import { checkExists, checkNodeType, checkStatus } from './commonChecks.ts';
import type { DryRunResult } from './dryRunResult.ts';

type Request = ApiRequest<typeof modifyGlobalDatastore>;

/** Whether the datastore can be changed like this. */
export async function preflight({ path, body, signal }: Request): Promise<DryRunResult> {
  const { group, exists } = await checkExists(signal, path.GlobalReplicationGroupId);
  const { ApplyImmediately: _, ...change } = body;
  const wanted = Object.entries(change).map(([name, value]) => `${name} to ${value}`);
  return {
    Checks: [exists, ...(group ? checkSettings(group, body) : [])],
    Plan: [`Set ${wanted.join(', ')} in all members (ModifyGlobalReplicationGroup).`],
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

const checkEngine = ({ Engine }: GlobalDatastore, wanted: string): Check =>
  checkRule(
    'engine-change',
    wanted === Engine || (Engine === 'redis' && wanted === 'valkey'),
    {
      pass: `${Engine} can become ${wanted}.`,
      fail: `${Engine} cannot become ${wanted}: only redis can become valkey.`,
    },
    '#/Engine',
  );

/** AWS upgrades and never downgrades; the version of another engine starts anew at that engine's oldest. */
function checkEngineUpgrade(group: GlobalDatastore, wanted: string, engine = group.Engine): Check {
  const { Engine = '', EngineVersion } = group;
  const oldest = engine === Engine ? EngineVersion : oldestVersions[engine ?? ''];
  const same = engine === Engine && EngineVersion?.startsWith(wanted.replace(/x$/, ''));
  return checkRule(
    'engine-version',
    oldest === undefined ? undefined : !same && isAtLeast(wanted, oldest),
    {
      pass: `${wanted} is newer than ${Engine} ${EngineVersion}.`,
      fail: `${wanted} is not newer: the datastore runs ${Engine} ${EngineVersion}, and engines are only upgraded.`,
    },
    '#/EngineVersion',
  );
}

/** The families of parameter groups follow the major version. */
function checkParameterGroup(group: GlobalDatastore, { Engine, EngineVersion = '' }: Request['body']): Check {
  const major = (version: string | undefined) => version?.split('.')[0];
  const changes = (Engine ?? group.Engine) !== group.Engine || major(EngineVersion) !== major(group.EngineVersion);
  return checkRule(
    'parameter-group-with-major-version',
    changes,
    {
      pass: 'A parameter group goes with this change of the engine.',
      fail: 'A parameter group can only be named with a new major version or another engine.',
    },
    '#/CacheParameterGroupName',
  );
}

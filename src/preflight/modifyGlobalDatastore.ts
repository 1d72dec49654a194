import { isAtLeast, oldestVersions } from '../datastores/eligibility.ts';
import type { GlobalDatastore } from '../datastores/globalDatastore.ts';
import type { ApiRequest } from '../http/defineHandler.ts';
import type { modifyGlobalDatastore } from '../schemas/modifyGlobalDatastore.ts';
import { type Check, type Findings, judge } from './check.ts';
import { lookUp, resting, stateAllows } from './commonChecks.ts';
import { nodeTypeSupported } from './nodeTypeCheck.ts';

type Request = ApiRequest<typeof modifyGlobalDatastore>;

/** Whether the datastore can be changed like this. */
export async function check({ path, body, signal }: Request): Promise<Findings> {
  const { group, exists } = await lookUp(signal, path.GlobalReplicationGroupId);
  const { ApplyImmediately: _, ...change } = body;
  const wanted = Object.entries(change).map(([name, value]) => `${name} to ${value}`);
  return {
    Checks: [exists, ...(group ? ofDatastore(group, body) : [])],
    Plan: [`Set ${wanted.join(', ')} in all members (ModifyGlobalReplicationGroup).`],
  };
}

function ofDatastore(group: GlobalDatastore, body: Request['body']): Check[] {
  return [
    stateAllows(group, resting),
    ...(body.CacheNodeType ? [nodeTypeSupported(body.CacheNodeType, '#/CacheNodeType')] : []),
    ...(body.Engine ? [engineChange(group, body.Engine)] : []),
    ...(body.EngineVersion ? [engineUpgrade(group, body.EngineVersion, body.Engine)] : []),
    ...(body.CacheParameterGroupName ? [parameterGroup(group, body)] : []),
  ];
}

const engineChange = ({ Engine }: GlobalDatastore, wanted: string): Check =>
  judge(
    'engine-change',
    wanted === Engine || (Engine === 'redis' && wanted === 'valkey'),
    {
      pass: `${Engine} can become ${wanted}.`,
      fail: `${Engine} cannot become ${wanted}: only redis can become valkey.`,
    },
    '#/Engine',
  );

/** AWS upgrades and never downgrades; the version of another engine starts anew at that engine's oldest. */
function engineUpgrade(group: GlobalDatastore, wanted: string, engine = group.Engine): Check {
  const { Engine = '', EngineVersion } = group;
  const oldest = engine === Engine ? EngineVersion : oldestVersions[engine ?? ''];
  const same = engine === Engine && EngineVersion?.startsWith(wanted.replace(/x$/, ''));
  return judge(
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
function parameterGroup(group: GlobalDatastore, { Engine, EngineVersion = '' }: Request['body']): Check {
  const major = (version: string | undefined) => version?.split('.')[0];
  const changes = (Engine ?? group.Engine) !== group.Engine || major(EngineVersion) !== major(group.EngineVersion);
  return judge(
    'parameter-group-with-major-version',
    changes,
    {
      pass: 'A parameter group goes with this change of the engine.',
      fail: 'A parameter group can only be named with a new major version or another engine.',
    },
    '#/CacheParameterGroupName',
  );
}

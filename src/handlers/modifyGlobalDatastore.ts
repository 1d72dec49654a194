import { ModifyGlobalReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import type { FromSchema } from 'json-schema-to-ts';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { findGlobalDatastore, type GlobalDatastore } from '../datastores/globalDatastore.ts';
import { defineChange } from '../http/defineChange.ts';
import { preflight } from '../preflight/modifyGlobalDatastore.ts';
import { modifyGlobalDatastore, type modifyRequest } from '../schemas/modifyGlobalDatastore.ts';

export const handler = defineChange(modifyGlobalDatastore, {
  preflight,
  load: ({ path, signal }) => findGlobalDatastore(signal, path.GlobalReplicationGroupId),
  isApplied: ({ GlobalReplicationGroup }, { body }, snapshot) =>
    hasSettings(GlobalReplicationGroup, body) && !hasSettings(snapshot?.GlobalReplicationGroup, body),
  findDeviation: ({ GlobalReplicationGroup }, { body }) => {
    const settings = findSettingsNotApplied(GlobalReplicationGroup, body);
    return settings.length === 0 ? undefined : { detail: `${settings.join(', ')}.` };
  },
  execute: ({ path, body, signal }, { region }) =>
    elastiCache(signal, region).send(
      new ModifyGlobalReplicationGroupCommand({ ...path, ...body, ApplyImmediately: true }),
    ),
});

type Settings = Partial<FromSchema<typeof modifyRequest>>;

/** Returns whether a datastore has the requested settings. */
const hasSettings = (datastore: GlobalDatastore | undefined, settings: Settings): boolean =>
  datastore !== undefined && findSettingsNotApplied(datastore, settings).length === 0;

/**
 * Returns the requested settings that a datastore does not have, each with its value. A version may be shorter than AWS shows it,
 * such as 7.1 or 6.x. AWS does not show the parameter group of a request.
 */
function findSettingsNotApplied(datastore: GlobalDatastore, settings: Settings): string[] {
  const { EngineVersion: version, AutomaticFailoverEnabled: failover } = settings;
  const { AutomaticFailover } = datastore.Members?.find(({ Role }) => Role === 'PRIMARY') ?? {};
  const hasVersion = `${datastore.EngineVersion}.`.startsWith(`${version?.replace(/\.x$/, '')}.`);
  const checked = [
    ...(['CacheNodeType', 'Engine', 'GlobalReplicationGroupDescription'] as const).map(
      (name) => [name, settings[name]?.trim(), datastore[name]?.trim()] as const,
    ),
    ['EngineVersion', version, hasVersion ? version : datastore.EngineVersion] as const,
    ['AutomaticFailoverEnabled', failover, /^enabl/.test(AutomaticFailover ?? '')] as const,
  ];
  return checked
    .filter(([, requested, actual]) => requested !== undefined && requested !== actual)
    .map(([name, requested, actual]) => `${name} is ${actual}, not ${requested}`);
}

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
  execute: ({ path, body, signal }, { region }) =>
    elastiCache(signal, region).send(
      new ModifyGlobalReplicationGroupCommand({ ...path, ...body, ApplyImmediately: true }),
    ),
});

type Settings = Partial<FromSchema<typeof modifyRequest>>;

/** Returns whether a datastore has the requested settings. A version may be shorter than AWS shows it, such as 7.1 or 6.x. */
function hasSettings(datastore: GlobalDatastore | undefined, settings: Settings): boolean {
  if (!datastore) return false;
  const primary = datastore.Members?.find(({ Role }) => Role === 'PRIMARY');
  const { AutomaticFailoverEnabled: failover, EngineVersion: version } = settings;
  return (
    (['CacheNodeType', 'Engine', 'GlobalReplicationGroupDescription'] as const).every(
      (name) => settings[name] === undefined || settings[name].trim() === datastore[name]?.trim(),
    ) &&
    (version === undefined || `${datastore.EngineVersion}.`.startsWith(`${version.replace(/\.x$/, '')}.`)) &&
    (failover === undefined || failover === /^enabl/.test(primary?.AutomaticFailover ?? ''))
  );
}

import {
  ModifyGlobalReplicationGroupCommand,
  type ModifyGlobalReplicationGroupCommandInput as ModifyInput,
} from '@aws-sdk/client-elasticache';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { findGlobalDatastore, type GlobalDatastore } from '../datastores/globalDatastore.ts';
import { defineChange } from '../http/defineChange.ts';
import { acceptedDatastore } from '../http/defineHandler.ts';
import { acceptOwnChangeInProgress } from '../idempotency/ownChangeInProgress.ts';
import { preflight } from '../preflight/modifyGlobalDatastore.ts';
import { modifyGlobalDatastore } from '../schemas/modifyGlobalDatastore.ts';

export const handler = defineChange(
  modifyGlobalDatastore,
  async ({ path, body, signal, resumed, before }) => {
    const { group, region } = await findGlobalDatastore(signal, path.GlobalReplicationGroupId);
    if (resumed?.before && shows(group, body) && !shows(resumed.before, body)) return acceptedDatastore(group);
    await before(group);

    const { GlobalReplicationGroup } = await elastiCache(signal, region)
      .send(new ModifyGlobalReplicationGroupCommand({ ...path, ...body, ApplyImmediately: true }))
      .catch(acceptOwnChangeInProgress(group, resumed));
    return acceptedDatastore(GlobalReplicationGroup);
  },
  { preflight },
);

/** Whether a datastore has what a change asks for. A version may be given shorter than AWS shows it, such as 7.1 or 6.x. */
function shows(group: GlobalDatastore, wanted: Partial<ModifyInput>): boolean {
  const primary = group.Members?.find(({ Role }) => Role === 'PRIMARY');
  const { AutomaticFailoverEnabled: failover, EngineVersion: version } = wanted;
  return (
    (['CacheNodeType', 'Engine', 'GlobalReplicationGroupDescription'] as const).every(
      (name) => wanted[name] === undefined || wanted[name] === group[name],
    ) &&
    (version === undefined || `${group.EngineVersion}.`.startsWith(`${version.replace(/\.x$/, '')}.`)) &&
    (failover === undefined || failover === /^enabl/.test(primary?.AutomaticFailover ?? ''))
  );
}

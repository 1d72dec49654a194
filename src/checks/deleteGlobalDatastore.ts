import type { ApiRequest } from '../api.ts';
import { membersInWords, secondaries } from '../globalDatastore.ts';
import type { route } from '../handlers/deleteGlobalDatastore.ts';
import { type Findings, judge } from './check.ts';
import { lookUp, stateAllows } from './datastore.ts';

/** Whether the datastore can be deleted. */
export async function check({ path, signal }: ApiRequest<typeof route>): Promise<Findings> {
  const { group, exists } = await lookUp(signal, path.GlobalReplicationGroupId);
  const attached = group ? secondaries(group) : [];
  const none = judge('no-secondaries', attached.length === 0, {
    pass: 'No secondary is attached.',
    fail: `Secondaries are attached: ${membersInWords({ Members: attached })}. Remove them first.`,
  });
  return {
    Checks: [exists, ...(group ? [stateAllows(group, ['primary-only']), none] : [])],
    Plan: [
      `Delete ${path.GlobalReplicationGroupId} (DeleteGlobalReplicationGroup); its primary stays as a replication group on its own and goes on costing money.`,
    ],
  };
}

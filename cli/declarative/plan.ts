import type { GlobalDatastores, GlobalReplicationGroup, Operations } from '@global-datastore/client';
import type { LoadedFile } from './datastoreFile.ts';
import { desiredMembers, keyOf, primaryOf, removedMembers } from './members.ts';
import { planCreation } from './planCreation.ts';
import { type Plan, type PlannedChange, tryChange } from './plannedChange.ts';
import { settingChanges } from './settingChanges.ts';
import type { State } from './state.ts';

/** The inputs of a plan besides the file and the state. */
export interface PlanOptions {
  /** True to detach the members that the file does not name. */
  readonly prune?: boolean;
  readonly reason?: string;
}

/** Compares a datastore with a file. The API compares the members: its dry run returns the steps. */
export async function planChanges(
  client: GlobalDatastores,
  file: LoadedFile,
  { id, group }: State,
  options: PlanOptions,
): Promise<Plan> {
  if (!id || !group) return planCreation(client, file);
  const settings = settingChanges(file.datastore, group).map(({ name, operation, input, was }) =>
    tryChange(client, {
      name,
      operation,
      input: { GlobalReplicationGroupId: id, ...input },
      placeOf: file.placeOf,
      note: ` Now: ${was}.`,
    }),
  );
  const [members, ...others] = await Promise.all([memberChange(client, file, id, group, options), ...settings]);
  const changes = [members, ...others].filter((change) => change !== undefined);
  const parts = members && !members.findings?.Valid && others.some(({ name }) => name === 'AutomaticFailoverEnabled');
  const candidates = [members, ...(parts ? await partsOf(client, members) : []), ...others];
  const next = candidates.find((change) => change?.findings?.Valid);
  return { changes, ...(next && { next }), hasMore: changes.some((change) => change !== next) };
}

/** Returns the change of the members and of their own settings. Undefined if they match the file. */
async function memberChange(
  client: GlobalDatastores,
  { datastore, placeOf }: LoadedFile,
  GlobalReplicationGroupId: string,
  group: GlobalReplicationGroup,
  { prune = false, reason }: PlanOptions,
): Promise<PlannedChange | undefined> {
  if (!datastore.Members) return undefined;
  const Members = desiredMembers(datastore.Members, group, prune);
  const input = { GlobalReplicationGroupId, Members, ...(reason && { Reason: reason }) };
  const promoted = Members.find(({ Role }) => Role === 'PRIMARY');
  const from = primaryOf(group);
  const dangers = [
    ...removedMembers(group, Members).map((member) => `detach ${keyOf(member)}`),
    ...(promoted && from && keyOf(promoted) !== keyOf(from) ? [`promote ${keyOf(promoted)}`] : []),
  ];
  const change = await tryChange(client, { name: 'Members', operation: 'applyTopology', input, placeOf, dangers });
  return change.findings?.ChangesNothing ? undefined : change;
}

/**
 * Returns parts of a change of members that are possible before automatic failover is switched, if there are any. The switch
 * needs nodes before it and Multi-AZ after it, or the reverse.
 */
async function partsOf(client: GlobalDatastores, whole: PlannedChange): Promise<PlannedChange[]> {
  const { Members, ...input } = whole.input as Operations['applyTopology']['input'];
  const parts = await Promise.all(
    (['MultiAZEnabled', 'NumCacheClusters'] as const).map((left) =>
      tryChange(client, {
        ...whole,
        name: `Members without ${left}`,
        operation: 'applyTopology',
        input: { ...input, Members: Members.map(({ [left]: _, ...member }) => member) },
      }),
    ),
  );
  return parts.filter(({ findings }) => !findings?.ChangesNothing);
}

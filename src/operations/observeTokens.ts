import { describeGroups, formatGroupName, type GroupName } from '../datastores/describeGroups.ts';
import { Problem } from '../problems/problem.ts';
import type { ObservedToken } from './goal.ts';

/**
 * Returns when the AUTH token of each member was last modified, by `memberName`. Leaves out groups that do not exist.
 * @throws Problem if a read fails.
 */
export async function observeTokens(
  signal: AbortSignal,
  members: readonly GroupName[],
): Promise<Readonly<Record<string, ObservedToken>>> {
  const groups = await describeGroups(signal, members);
  const found = members.map(formatGroupName).flatMap((name) => {
    const group = groups.get(name);
    if (group instanceof Problem && group.status !== 404) throw group;
    if (group === undefined || group instanceof Problem) return [];
    const { Status = '', AuthTokenLastModifiedDate, PendingModifiedValues } = group;
    const IsChanging = PendingModifiedValues?.AuthTokenStatus !== undefined;
    return [[name, { Status, ModifiedAt: AuthTokenLastModifiedDate?.toISOString(), IsChanging }] as const];
  });
  return Object.fromEntries(found);
}

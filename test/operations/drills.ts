import type { Drill, Goal } from '../../src/operations/goal.ts';
import { goalOf, isPrimary, keyOf, type TestEnvironment, type Topology } from './environment.ts';

/** The change that another client makes during a drill. */
export type ConcurrentChange = 'none' | 'joined' | 'left';

/** Returns the goal of one direction of a drill. `forward` promotes the first secondary, `return` the former primary. */
export function drillGoalOf(
  id: string,
  members: Topology,
  direction: 'forward' | 'return',
): Goal & { readonly Drill: Drill } {
  const [origin = '', target = ''] = members.toSorted((a, b) => Number(isPrimary(b)) - Number(isPrimary(a)));
  const Drill: Drill = { Origin: keyOf(origin), Target: keyOf(target), HoldSeconds: 0, Reason: 'A trial' };
  return {
    ...goalOf(id, members, members),
    Kind: 'DRILL',
    Drill: { ...Drill, ...(direction === 'return' && { IsReturn: true as const }) },
  };
}

/** Returns the members of a datastore while the target of a drill is the primary. */
export const swapped = (members: Topology, { Drill: { Target } }: { readonly Drill: Drill }): string[] =>
  members
    .map((name) => name.replace('*', ''))
    .map((name) => (name === `${Target.ReplicationGroupRegion}/${Target.ReplicationGroupId}` ? `${name}*` : name))
    .sort();

/** Changes the members during the hold of a drill, as a client outside the API. */
export async function applyConcurrentChange(
  environment: TestEnvironment,
  id: string,
  concurrentChange: ConcurrentChange,
): Promise<void> {
  const secondary = environment.topology().find((member) => !isPrimary(member)) ?? '';
  if (concurrentChange === 'left') await environment.detachMember(id, secondary);
  if (concurrentChange === 'joined') await environment.addMember(id, 'sa-east-1/stranger').catch(() => {}); // fails if no member can be added
}

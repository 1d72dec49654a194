import type { Drill, Goal } from '../../src/operations/goal.ts';
import { goalOf, isPrimary, keyOf, type Topology, type World } from './world.ts';

/** The change that another client makes during a drill. */
export type DrillTrouble = 'none' | 'joined' | 'left';

/** Returns the goal of one way of a drill. `there` promotes the first secondary, `back` the former primary. */
export function drillGoalOf(id: string, members: Topology, way: 'there' | 'back'): Goal & { readonly Drill: Drill } {
  const [origin = '', target = ''] = members.toSorted((a, b) => Number(isPrimary(b)) - Number(isPrimary(a)));
  const Drill: Drill = { Origin: keyOf(origin), Target: keyOf(target), HoldSeconds: 0, Reason: 'A trial' };
  return {
    ...goalOf(id, members, members),
    Kind: 'DRILL',
    Drill: { ...Drill, ...(way === 'back' && { IsReturn: true as const }) },
  };
}

/** Returns the members of a datastore while the target of a drill is the primary. */
export const swapped = (members: Topology, { Drill: { Target } }: { readonly Drill: Drill }): string[] =>
  members
    .map((name) => name.replace('*', ''))
    .map((name) => (name === `${Target.ReplicationGroupRegion}/${Target.ReplicationGroupId}` ? `${name}*` : name))
    .sort();

/** Changes the members during the hold of a drill, as a client outside the API. */
export async function meddleWithDrill(world: World, id: string, trouble: DrillTrouble): Promise<void> {
  const secondary = world.topology().find((member) => !isPrimary(member)) ?? '';
  if (trouble === 'left') await world.leave(id, secondary);
  if (trouble === 'joined') await world.join(id, 'sa-east-1/stranger').catch(() => {}); // fails if no member can be added
}

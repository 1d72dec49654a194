import type { Drill, Goal } from '../../src/operations/goal.ts';
import { goalOf, isPrimary, keyOf, type Topology, type World } from './world.ts';

/** What someone else may do to a drill. */
export type DrillTrouble = 'none' | 'joined' | 'left';

/** The goal of one way of a drill: the first secondary becomes the primary, or the former primary again. */
export function drillGoalOf(id: string, members: Topology, way: 'there' | 'back'): Goal & { readonly Drill: Drill } {
  const [origin = '', target = ''] = members.toSorted((a, b) => Number(isPrimary(b)) - Number(isPrimary(a)));
  const Drill: Drill = { Origin: keyOf(origin), Target: keyOf(target), HoldSeconds: 0, Reason: 'A trial' };
  return {
    ...goalOf(id, members, members),
    Kind: 'DRILL',
    Drill: { ...Drill, ...(way === 'back' && { IsReturn: true as const }) },
  };
}

/** The members of a datastore while the target of a drill is the primary. */
export const swapped = (members: Topology, { Drill: { Target } }: { readonly Drill: Drill }): string[] =>
  members
    .map((name) => name.replace('*', ''))
    .map((name) => (name === `${Target.ReplicationGroupRegion}/${Target.ReplicationGroupId}` ? `${name}*` : name))
    .sort();

/** Lets someone else change the members during the hold of a drill. */
export async function meddleWithDrill(world: World, id: string, trouble: DrillTrouble): Promise<void> {
  const secondary = world.topology().find((member) => !isPrimary(member)) ?? '';
  if (trouble === 'left') await world.leave(id, secondary);
  if (trouble === 'joined') await world.join(id, 'sa-east-1/stranger').catch(() => {}); // the datastore may have no place
}

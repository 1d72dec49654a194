import type { GlobalReplicationGroup } from '@aws-sdk/client-elasticache';
import type { FromSchema } from 'json-schema-to-ts';
import { Problem, type Violation } from '../problems/problem.ts';
import type { scaleRequest } from '../schemas/scaleNodeGroups.ts';

type ScaleRequest = FromSchema<typeof scaleRequest>;

/** Which node groups go, in the one of AWS's two lists that is used. */
type NodeGroupSelection = Pick<ScaleRequest, 'GlobalNodeGroupsToRetain' | 'GlobalNodeGroupsToRemove'>;

/** How a datastore gets from its node groups to a wished count: the direction, and the same in words. */
export interface Scaling {
  readonly direction: 'none' | 'increase' | 'decrease';
  readonly selection: NodeGroupSelection;
  readonly summary: string;
}

/** The ids of the node groups, lowest numbered first; none with cluster mode disabled. */
export const nodeGroupIds = ({ GlobalNodeGroups = [] }: GlobalReplicationGroup): string[] =>
  GlobalNodeGroups.map(({ GlobalNodeGroupId }) => GlobalNodeGroupId ?? '').sort();

/**
 * The way to `wish`. Without a choice of the caller's, the lowest numbered node groups stay. Throws `ValidationFailed` for what
 * belongs to the other direction and would go unheard.
 */
export function planScaling(wish: ScaleRequest, present: readonly string[]): Scaling {
  const { NodeGroupCount: to } = wish;
  const from = present.length;
  if (to === from)
    return { direction: 'none', selection: {}, summary: `Nothing: there are ${to} node groups already.` };
  assertFitsDirection(wish, from);
  if (to > from)
    return { direction: 'increase', selection: {}, summary: `Increase from ${from} to ${to} node groups.` };

  const { GlobalNodeGroupsToRemove, GlobalNodeGroupsToRetain = present.slice(0, to) } = wish;
  const selection = GlobalNodeGroupsToRemove ? { GlobalNodeGroupsToRemove } : { GlobalNodeGroupsToRetain };
  const which = GlobalNodeGroupsToRemove
    ? `${GlobalNodeGroupsToRemove.join(', ')} go`
    : `${GlobalNodeGroupsToRetain.join(', ')} stay`;
  return { direction: 'decrease', selection, summary: `Decrease from ${from} to ${to} node groups: ${which}.` };
}

function assertFitsDirection(wish: ScaleRequest, from: number): void {
  const rises = wish.NodeGroupCount > from;
  const misplaced = rises
    ? (['GlobalNodeGroupsToRetain', 'GlobalNodeGroupsToRemove'] as const)
    : (['RegionalConfigurations'] as const);
  const errors: Violation[] = misplaced
    .filter((name) => wish[name] !== undefined)
    .map((name) => ({
      pointer: `#/${name}`,
      detail: `${name} goes with a count that ${rises ? 'falls' : 'rises'}; there are ${from} node groups now.`,
    }));
  if (errors.length > 0) throw new Problem('ValidationFailed', errors[0]?.detail ?? '', { errors });
}

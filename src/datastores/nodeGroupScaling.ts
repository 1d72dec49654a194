import type { GlobalReplicationGroup } from '@aws-sdk/client-elasticache';
import type { FromSchema } from 'json-schema-to-ts';
import { Problem, type Violation } from '../problems/problem.ts';
import type { scaleRequest } from '../schemas/scaleNodeGroups.ts';

type Wish = FromSchema<typeof scaleRequest>;

/** Which node groups go, in the one of AWS's two lists that is used. */
type Choice = Pick<Wish, 'GlobalNodeGroupsToRetain' | 'GlobalNodeGroupsToRemove'>;

/** How a datastore gets from its node groups to a wished count: the way, and the same in words. */
export interface Scaling {
  readonly way: 'none' | 'increase' | 'decrease';
  readonly chosen: Choice;
  readonly words: string;
}

/** The ids of the node groups, lowest numbered first; none with cluster mode disabled. */
export const nodeGroupIds = ({ GlobalNodeGroups = [] }: GlobalReplicationGroup): string[] =>
  GlobalNodeGroups.map(({ GlobalNodeGroupId }) => GlobalNodeGroupId ?? '').sort();

/**
 * The way to `wish`. Without a choice of the caller's, the lowest numbered node groups stay. Throws `ValidationFailed` for what
 * belongs to the other direction and would go unheard.
 */
export function scaling(wish: Wish, present: readonly string[]): Scaling {
  const { NodeGroupCount: to } = wish;
  const from = present.length;
  if (to === from) return { way: 'none', chosen: {}, words: `Nothing: there are ${to} node groups already.` };
  refuseMisplaced(wish, from);
  if (to > from) return { way: 'increase', chosen: {}, words: `Increase from ${from} to ${to} node groups.` };

  const { GlobalNodeGroupsToRemove, GlobalNodeGroupsToRetain = present.slice(0, to) } = wish;
  const chosen = GlobalNodeGroupsToRemove ? { GlobalNodeGroupsToRemove } : { GlobalNodeGroupsToRetain };
  const which = GlobalNodeGroupsToRemove
    ? `${GlobalNodeGroupsToRemove.join(', ')} go`
    : `${GlobalNodeGroupsToRetain.join(', ')} stay`;
  return { way: 'decrease', chosen, words: `Decrease from ${from} to ${to} node groups: ${which}.` };
}

function refuseMisplaced(wish: Wish, from: number): void {
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

import type { GlobalReplicationGroup } from '@aws-sdk/client-elasticache';
import type { FromSchema } from 'json-schema-to-ts';
import { Problem, type Violation } from '../problems/problem.ts';
import type { scaleRequest } from '../schemas/scaleNodeGroups.ts';

type ScaleRequest = FromSchema<typeof scaleRequest>;

/** The node groups to remove or to retain, in one of the two lists of AWS. */
type NodeGroupSelection = Pick<ScaleRequest, 'GlobalNodeGroupsToRetain' | 'GlobalNodeGroupsToRemove'>;

/** A change of the number of node groups: its direction, the selected node groups and a summary for callers. */
export interface Scaling {
  readonly direction: 'none' | 'increase' | 'decrease';
  readonly selection: NodeGroupSelection;
  readonly summary: string;
}

/** Returns the ids of the node groups, the lowest number first. Empty if cluster mode is disabled. */
export const nodeGroupIds = ({ GlobalNodeGroups = [] }: GlobalReplicationGroup): string[] =>
  GlobalNodeGroups.map(({ GlobalNodeGroupId }) => GlobalNodeGroupId ?? '').sort();

/**
 * Plans the change to the requested number of node groups. By default the node groups with the lowest numbers are retained.
 * @throws Problem `ValidationFailed` if a member of the request applies only to the other direction.
 */
export function planScaling(request: ScaleRequest, present: readonly string[]): Scaling {
  const { NodeGroupCount: to } = request;
  const from = present.length;
  if (to === from)
    return { direction: 'none', selection: {}, summary: `Nothing to do. The datastore already has ${to} node groups.` };
  assertFitsDirection(request, from);
  if (to > from)
    return { direction: 'increase', selection: {}, summary: `Increase from ${from} to ${to} node groups.` };

  const { GlobalNodeGroupsToRemove, GlobalNodeGroupsToRetain = present.slice(0, to) } = request;
  const selection = GlobalNodeGroupsToRemove ? { GlobalNodeGroupsToRemove } : { GlobalNodeGroupsToRetain };
  const selected = GlobalNodeGroupsToRemove
    ? `Remove ${GlobalNodeGroupsToRemove.join(', ')}.`
    : `Retain ${GlobalNodeGroupsToRetain.join(', ')}.`;
  return { direction: 'decrease', selection, summary: `Decrease from ${from} to ${to} node groups. ${selected}` };
}

function assertFitsDirection(request: ScaleRequest, from: number): void {
  const isIncrease = request.NodeGroupCount > from;
  const misplaced = isIncrease
    ? (['GlobalNodeGroupsToRetain', 'GlobalNodeGroupsToRemove'] as const)
    : (['RegionalConfigurations'] as const);
  const errors: Violation[] = misplaced
    .filter((name) => request[name] !== undefined)
    .map((name) => ({
      pointer: `#/${name}`,
      detail: `${name} applies only to ${isIncrease ? 'a decrease' : 'an increase'}. The datastore has ${from} node groups.`,
    }));
  if (errors.length > 0) throw new Problem('ValidationFailed', errors[0]?.detail ?? '', { errors });
}

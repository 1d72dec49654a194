import {
  DecreaseNodeGroupsInGlobalReplicationGroupCommand,
  IncreaseNodeGroupsInGlobalReplicationGroupCommand,
} from '@aws-sdk/client-elasticache';
import { acceptedFor, ok } from '../api.ts';
import { change } from '../change.ts';
import { elasticache } from '../elasticache.ts';
import { findGlobalDatastore, sure } from '../globalDatastore.ts';
import { Problem, type Violation } from '../problem.ts';
import type { Route } from '../route.ts';
import { plannedDatastoreAnswer } from '../schemas/globalDatastore.ts';
import { scaleRequest } from '../schemas/scaleNodeGroups.ts';

export const route = {
  method: 'PUT',
  path: '/global-datastores/{GlobalReplicationGroupId}/node-groups',
  summary: 'Set how many node groups (shards) the members have',
  description:
    'Reads the present count and calls AWS to increase or to decrease it; with the same count nothing is called. The slots are spread anew by AWS.',
  calls: [
    'DescribeGlobalReplicationGroups',
    'IncreaseNodeGroupsInGlobalReplicationGroup',
    'DecreaseNodeGroupsInGlobalReplicationGroup',
  ],
  body: scaleRequest,
  responses: { 200: plannedDatastoreAnswer, 202: plannedDatastoreAnswer },
} as const satisfies Route;

export const handler = change(route, async ({ path, body, signal }) => {
  const { GlobalReplicationGroupId } = path;
  const { group, region } = await findGlobalDatastore(signal, GlobalReplicationGroupId);
  const present = (group.GlobalNodeGroups ?? []).map((nodeGroup) => nodeGroup.GlobalNodeGroupId ?? '').sort();
  const { NodeGroupCount, RegionalConfigurations } = body;
  if (NodeGroupCount === present.length) {
    return ok({ GlobalReplicationGroup: group, Plan: [`Nothing: there are ${NodeGroupCount} node groups already.`] });
  }
  refuseMisplaced(body, present.length);

  const shared = { GlobalReplicationGroupId, NodeGroupCount, ApplyImmediately: true };
  const { send } = elasticache(signal, region);
  if (NodeGroupCount > present.length) {
    const increase = { ...shared, RegionalConfigurations };
    const { GlobalReplicationGroup } = await send(new IncreaseNodeGroupsInGlobalReplicationGroupCommand(increase));
    const Plan = [`Increase from ${present.length} to ${NodeGroupCount} node groups.`];
    return acceptedFor(GlobalReplicationGroupId, { GlobalReplicationGroup: sure(GlobalReplicationGroup), Plan });
  }
  const chosen = choice(body, present);
  const { GlobalReplicationGroup } = await send(
    new DecreaseNodeGroupsInGlobalReplicationGroupCommand({ ...shared, ...chosen }),
  );
  const Plan = [`Decrease from ${present.length} to ${NodeGroupCount} node groups: ${inWords(chosen)}.`];
  return acceptedFor(GlobalReplicationGroupId, { GlobalReplicationGroup: sure(GlobalReplicationGroup), Plan });
});

interface Choice {
  readonly GlobalNodeGroupsToRetain?: string[];
  readonly GlobalNodeGroupsToRemove?: string[];
}

/** Which node groups go: those that the caller names, else all but the lowest numbered. AWS takes one of the two lists. */
function choice(
  { GlobalNodeGroupsToRetain, GlobalNodeGroupsToRemove, NodeGroupCount }: Choice & Count,
  present: string[],
) {
  if (GlobalNodeGroupsToRemove) return { GlobalNodeGroupsToRemove };
  return { GlobalNodeGroupsToRetain: GlobalNodeGroupsToRetain ?? present.slice(0, NodeGroupCount) };
}

interface Count {
  readonly NodeGroupCount: number;
}

const inWords = ({ GlobalNodeGroupsToRetain, GlobalNodeGroupsToRemove }: Choice): string =>
  GlobalNodeGroupsToRemove
    ? `${GlobalNodeGroupsToRemove.join(', ')} go`
    : `${GlobalNodeGroupsToRetain?.join(', ')} stay`;

/** Refuses members that belong to the other direction, which would go unheard. */
function refuseMisplaced(body: Choice & Count & { readonly RegionalConfigurations?: unknown }, present: number): void {
  const up = body.NodeGroupCount > present;
  const misplaced = up
    ? (['GlobalNodeGroupsToRetain', 'GlobalNodeGroupsToRemove'] as const)
    : (['RegionalConfigurations'] as const);
  const errors: Violation[] = misplaced
    .filter((name) => body[name] !== undefined)
    .map((name) => ({
      pointer: `#/${name}`,
      detail: `${name} goes with a count that ${up ? 'falls' : 'rises'}; there are ${present} node groups now.`,
    }));
  if (errors.length > 0) throw new Problem('ValidationFailed', errors[0]?.detail ?? '', { errors });
}

import { supportedRegions, supportsNodeType } from '../datastores/eligibility.ts';
import { findGlobalDatastore, formatMembers, type GlobalDatastore } from '../datastores/globalDatastore.ts';
import { foundValue, isFound, lookup } from '../datastores/lookup.ts';
import { findRunning } from '../operations/operations.ts';
import { type Check, checkRule } from '../problems/check.ts';

/** The datastore that a request is about, and the check that it exists. */
export async function checkExists(signal: AbortSignal, id: string, first?: string) {
  const fact = await lookup(findGlobalDatastore(signal, id, first));
  const group = foundValue(fact)?.GlobalReplicationGroup;
  const check = checkRule('datastore-exists', isFound(fact), {
    pass: `${id} exists; members are ${formatMembers(group ?? {})}.`,
    fail: fact.is === 'found' ? '' : fact.detail,
  });
  return { group, exists: check };
}

/** Whether the datastore is in one of these states; AWS takes one change at a time. */
export function checkStatus(group: GlobalDatastore, states: readonly string[]): Check {
  return checkRule('datastore-state', states.includes(group.Status), {
    pass: `The datastore is ${group.Status}.`,
    fail: `The datastore is ${group.Status}; this needs ${states.join(' or ')}. Members are ${formatMembers(group)}.`,
  });
}

/** Whether AWS has global datastores in this region. */
export const checkRegion = (region: string, pointer: string): Check =>
  checkRule(
    'region-supported',
    Object.hasOwn(supportedRegions, region),
    {
      pass: `${region} supports global datastores.`,
      fail: `${region} is not among the regions that support global datastores.`,
    },
    pointer,
  );

/** Whether a global datastore may run on this node type. */
export const checkNodeType = (nodeType: string | undefined, pointer: string): Check =>
  checkRule(
    'node-type-supported',
    nodeType === undefined ? undefined : supportsNodeType(nodeType),
    {
      pass: `${nodeType} is supported.`,
      fail: `${nodeType} is not: a global datastore needs the family M5, M6g, M7g, R5, R6g, R6gd, R7g or C7gn, in size large or up.`,
    },
    pointer,
  );

/** Whether an operation could begin at a datastore: there is one at a time. */
export async function checkNoOperationRunning(signal: AbortSignal, id: string, supersede: boolean): Promise<Check> {
  const running = await lookup(findRunning(signal, id));
  const [other] = foundValue(running) ?? [];
  return checkRule('no-operation-running', running.is === 'unknown' ? undefined : !other || supersede, {
    pass: other ? `It takes the place of ${other.DurableExecutionName}.` : 'No operation is under way.',
    fail: `Operation ${other?.DurableExecutionName} is under way; with ?Supersede=true this takes its place.`,
    unknown: 'Whether an operation is under way could not be read.',
  });
}

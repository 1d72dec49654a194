import { findGlobalDatastore, formatMembers, type GlobalDatastore } from '../datastores/globalDatastore.ts';
import { type Check, checkRule, foundValue, isFound, lookup } from './check.ts';

/** The datastore that a request is about, and the check that it exists. */
export async function checkExists(signal: AbortSignal, id: string, first?: string) {
  const fact = await lookup(findGlobalDatastore(signal, id, first));
  const group = foundValue(fact)?.group;
  const check = checkRule('datastore-exists', isFound(fact), {
    pass: `${id} exists; members are ${formatMembers(group ?? {})}.`,
    fail: fact.is === 'there' ? '' : fact.said,
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

/** The states in which a datastore takes changes. */
export const STABLE_STATUSES = ['available', 'primary-only'];

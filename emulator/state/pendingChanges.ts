import type { PendingChange } from './types.ts';

/** Adds a pending change and returns its id. */
export function addPending(group: { changes: PendingChange[] }, kind: PendingChange['kind']): number {
  const id = 1 + Math.max(0, ...group.changes.map((change) => change.id));
  group.changes.push({ id, kind });
  return id;
}

export function removePending(group: { changes: PendingChange[] }, id: number): void {
  group.changes = group.changes.filter((change) => change.id !== id);
}

export function isPending(group: { changes: PendingChange[] }, kind: PendingChange['kind']): boolean {
  return group.changes.some((change) => change.kind === kind);
}

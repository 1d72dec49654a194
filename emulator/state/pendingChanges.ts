/** What is under way on a group. Its status follows from this, so no status is ever set by hand. */
export type Changes = PendingChange[];

export interface PendingChange {
  id: number;
  kind: 'create' | 'associate' | 'modify' | 'reshard' | 'failover' | 'disassociate' | 'delete' | 'failed';
}

/** Starts a change and gives its id, with which `finish` ends it. */
export function addPending(group: { changes: Changes }, kind: PendingChange['kind']): number {
  const id = 1 + Math.max(0, ...group.changes.map((change) => change.id));
  group.changes.push({ id, kind });
  return id;
}

export function removePending(group: { changes: Changes }, id: number): void {
  group.changes = group.changes.filter((change) => change.id !== id);
}

export function isPending(group: { changes: Changes }, kind: PendingChange['kind']): boolean {
  return group.changes.some((change) => change.kind === kind);
}

/** What is under way on a group. Its status follows from this, so no status is ever set by hand. */
export type Changes = Change[];

export interface Change {
  id: number;
  kind: 'create' | 'associate' | 'modify' | 'reshard' | 'failover' | 'disassociate' | 'delete' | 'failed';
}

/** Starts a change and gives its id, with which `finish` ends it. */
export function begin(group: { changes: Changes }, kind: Change['kind']): number {
  const id = 1 + Math.max(0, ...group.changes.map((change) => change.id));
  group.changes.push({ id, kind });
  return id;
}

export function finish(group: { changes: Changes }, id: number): void {
  group.changes = group.changes.filter((change) => change.id !== id);
}

export function isUnderWay(group: { changes: Changes }, kind: Change['kind']): boolean {
  return group.changes.some((change) => change.kind === kind);
}

import type { Store } from '../store.ts';
import { CreateGlobalReplicationGroup } from './CreateGlobalReplicationGroup.ts';
import { CreateReplicationGroup } from './CreateReplicationGroup.ts';
import { DeleteReplicationGroup } from './DeleteReplicationGroup.ts';
import { DescribeGlobalReplicationGroups } from './DescribeGlobalReplicationGroups.ts';
import { DescribeReplicationGroups } from './DescribeReplicationGroups.ts';

/** Every operation the emulator has, by AWS's name. */
export const operations = {
  CreateGlobalReplicationGroup,
  DescribeGlobalReplicationGroups,
  CreateReplicationGroup,
  DescribeReplicationGroups,
  DeleteReplicationGroup,
};

/** An operation once its input is read: by the schema of that operation, so it is of the operation's own type. */
export type Operation = (store: Store, input: Record<string, unknown>) => object;

export function findOperation(action: string): Operation | undefined {
  return Object.hasOwn(operations, action) ? (operations[action as keyof typeof operations] as Operation) : undefined;
}

import { getItem, type Key, putItem, updateItem, type Values } from '../aws/dynamoDbTable.ts';
import { config } from '../config.ts';
import { Problem } from '../problems/problem.ts';

/** The operation that a datastore has admitted: one at a time, in whichever region the API runs. */
export interface Admission {
  readonly OperationId: string;
  /** The region of the API that runs the operation. */
  readonly region: string;
  /** The public URL of that API. */
  readonly url: string;
  /** The digest of the goal: operations with the same digest have the same desired state. */
  readonly goal: string;
  /** In epoch milliseconds. */
  readonly acceptedAt: number;
}

/** Returns the last admission of a datastore, also if it was released. Throws if the table does not respond. */
export async function lastAdmission(GlobalReplicationGroupId: string): Promise<Admission | undefined> {
  const item = await getItem(admissionKey(GlobalReplicationGroupId));
  return item && toAdmission(item);
}

/** Returns the admission that a datastore has now, if any. Throws `OperationsUnavailable`. */
export async function currentAdmission(GlobalReplicationGroupId: string): Promise<Admission | undefined> {
  const item = await fromTable(getItem(admissionKey(GlobalReplicationGroupId)));
  return item && Number(item.leaseUntil) > Date.now() ? toAdmission(item) : undefined;
}

/**
 * Admits an operation if the datastore has none, or none but `replaced`. Returns whether it did. The admission ends when it is
 * released, at the latest when the engine ends the execution. Throws `OperationsUnavailable`.
 */
export const admit = (
  GlobalReplicationGroupId: string,
  admission: Admission,
  replaced?: Admission,
): Promise<boolean> => {
  const leaseUntil = admission.acceptedAt + config.executionTimeoutMs;
  const expires = Math.ceil(leaseUntil / 1000) + 86_400;
  const isFree = 'attribute_not_exists(pk) OR leaseUntil < :now';
  const values: Values = { now: Date.now(), ...(replaced && { replaced: replaced.OperationId }) };
  return fromTable(
    putItem(
      { v: 1, ...admissionKey(GlobalReplicationGroupId), ...admission, leaseUntil, expires },
      { expression: replaced ? `${isFree} OR OperationId = :replaced` : isFree, values },
    ),
  );
};

/**
 * Releases the admission of an operation that has ended. It never fails: as long as it is not released, the next request reads
 * from the engine whether the operation has ended.
 */
export const releaseAdmission = ({ GlobalReplicationGroupId, OperationId = '' }: Released): Promise<boolean> =>
  updateItem(
    admissionKey(GlobalReplicationGroupId),
    { leaseUntil: 0 },
    { expression: 'OperationId = :own', values: { own: OperationId } },
  ).catch(() => false);

interface Released {
  readonly GlobalReplicationGroupId: string;
  readonly OperationId?: string;
}

/** Returns the result of a call to the table. Throws `OperationsUnavailable` if the table does not respond. */
export const fromTable = <T>(call: Promise<T>): Promise<T> =>
  call.catch((cause) => {
    throw new Problem('OperationsUnavailable', 'The table of operations does not respond.', { cause });
  });

const admissionKey = (GlobalReplicationGroupId: string): Key => ({
  pk: `OPERATION#${GlobalReplicationGroupId.toLowerCase()}`,
  sk: 'current',
});

const toAdmission = ({ OperationId, region, url, goal, acceptedAt }: Values): Admission => ({
  OperationId: String(OperationId),
  region: String(region),
  url: String(url),
  goal: String(goal),
  acceptedAt: Number(acceptedAt),
});

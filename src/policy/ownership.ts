import { config } from '../config.ts';
import type { GroupName } from '../datastores/describeGroups.ts';
import { findGlobalDatastore } from '../datastores/globalDatastore.ts';
import { findReplicationGroup } from '../datastores/replicationGroup.ts';
import { findOperation } from '../operations/findOperation.ts';
import { parseGoal } from '../operations/goal.ts';
import { Problem } from '../problems/problem.ts';
import type { AnyRequest } from '../schemas/apiRequest.ts';
import type { Route } from '../schemas/route.ts';
import { ANY_OWNER, actsFor, ownersOfCaller } from './callerOwners.ts';
import type { NewDatastore } from './changesIn.ts';
import { findOwnerOfGroup, type OwnerLookup, ownerUnknown, toOwnerLookup } from './groupOwner.ts';
import { findOwnerOfDatastore } from './owners.ts';
import { tagNewMembers } from './ownerTags.ts';
import { policy } from './policy.ts';

/**
 * Returns the request if its subject is the caller's, with the owner and with the owner's tag on each new member. A subject of
 * another owner and one that does not exist get the same 404. A subject that no longer exists is `formerOwner`'s: the owner
 * under which an earlier attempt at the request was sent. Without OwnerTag in the policy every caller owns every subject.
 * @throws Problem `OwnerUnknown` if the owner cannot be determined. Only `*` continues then, without adding a member or a
 * datastore.
 */
export async function assertOwnership(contract: Route, request: AnyRequest, formerOwner?: string): Promise<AnyRequest> {
  if (!policy.OwnerTag) return request;
  const subject = ownedSubjectOf(contract, request);
  if (!subject) return request;
  const caller = ownersOfCaller(request.event);
  if (contract.method === 'GET' && caller.includes(ANY_OWNER)) return request;
  const { owner, members = [] } = await findOwned(caller, subject, formerOwner);
  if (owner.is === 'unknown' && contract.subject === 'newDatastore') throw ownerUnknown(owner.problem);
  const body = tagNewMembers(contract, request.body, { owner, members, mustName: caller.length > 1 });
  return { ...request, body, ...(owner.is === 'known' && { owner: owner.owner }) };
}

/** A resource that has an owner, and the problem for a caller of another owner. */
interface Subject {
  readonly find: () => Promise<FoundSubject>;
  readonly notFound: Problem;
}

interface FoundSubject {
  readonly owner: OwnerLookup;
  /** The members of a datastore. */
  readonly members?: readonly GroupName[];
}

/** Returns the resource that a request is about. Undefined if the contract has none. */
function ownedSubjectOf({ subject }: Route, { path, body, signal }: AnyRequest): Subject | undefined {
  switch (subject) {
    case 'datastore':
      return datastoreSubject(signal, path.GlobalReplicationGroupId ?? '');
    case 'operation':
      return operationSubject(signal, path.OperationId ?? '');
    case 'replicationGroup':
      return groupSubject(signal, path.Region ?? '', path.ReplicationGroupId ?? '');
    case 'newDatastore': {
      const { PrimaryReplicationGroupRegion = config.region, PrimaryReplicationGroupId } = body as NewDatastore;
      return groupSubject(signal, PrimaryReplicationGroupRegion, PrimaryReplicationGroupId);
    }
    default:
      return undefined;
  }
}

const datastoreSubject = (signal: AbortSignal, id: string): Subject => ({
  find: async () => {
    const { GlobalReplicationGroup } = await findGlobalDatastore(signal, id);
    return {
      owner: await findOwnerOfDatastore(signal, GlobalReplicationGroup),
      members: GlobalReplicationGroup.Members,
    };
  },
  notFound: new Problem('GlobalReplicationGroupNotFoundFault', `Global datastore ${id} does not exist.`),
});

const operationSubject = (signal: AbortSignal, id: string): Subject => ({
  find: async () => ({ owner: toOwnerLookup(parseGoal(await findOperation(signal, id)).Owner) }),
  notFound: new Problem('OperationNotFound', `Operation ${id} does not exist.`),
});

const groupSubject = (signal: AbortSignal, region: string, id: string): Subject => ({
  find: async () => ({ owner: await findOwnerOfGroup(signal, await findReplicationGroup(signal, region, id)) }),
  notFound: new Problem('ReplicationGroupNotFoundFault', `Replication group ${id} does not exist.`),
});

/** Returns the subject if the caller acts for its owner. Throws the 404 of the subject if not, also in place of AWS's own 404. */
async function findOwned(
  caller: readonly string[],
  { find, notFound }: Subject,
  formerOwner: string | undefined,
): Promise<FoundSubject> {
  if (caller.length === 0) throw notFound;
  const found = await find().catch((problem): FoundSubject => {
    if (!(problem instanceof Problem)) throw problem;
    if (isMissing(problem) && formerOwner !== undefined) return { owner: toOwnerLookup(formerOwner) };
    if (isMissing(problem) || caller.includes(ANY_OWNER)) return { owner: { is: 'unknown', problem } };
    throw problem;
  });
  const { owner } = found;
  if (owner.is === 'unknown' && isMissing(owner.problem)) throw notFound;
  if (owner.is === 'unknown' && !caller.includes(ANY_OWNER)) throw ownerUnknown(owner.problem);
  if (!actsFor(caller, owner.is === 'known' ? owner.owner : undefined)) throw notFound;
  return found;
}

const isMissing = ({ status }: Problem): boolean => status === 404;

import { config } from '../config.ts';
import { findGlobalDatastore } from '../datastores/globalDatastore.ts';
import { findReplicationGroup } from '../datastores/replicationGroup.ts';
import { datastoreIdOf } from '../operations/operations.ts';
import { Problem } from '../problems/problem.ts';
import type { AnyRequest } from '../schemas/apiRequest.ts';
import type { Route } from '../schemas/route.ts';
import { mapNewMembers, type NewDatastore, type NewMember } from './changesIn.ts';
import { ANY_OWNER, findOwnerById, findOwnerOfDatastore, findOwnerOfGroup, ownerOfCaller } from './owners.ts';
import { policy } from './policy.ts';

/**
 * Returns the request if its subject is the caller's, with the owner and with the owner's tag on each new member. A subject of
 * another owner and one that does not exist get the same 404. A subject that no longer exists is `formerOwner`'s: the owner under
 * which an earlier attempt at the request was sent. Without OwnerTag in the policy every caller owns every subject.
 */
export async function assertOwnership(contract: Route, request: AnyRequest, formerOwner?: string): Promise<AnyRequest> {
  if (!policy.OwnerTag) return request;
  const caller = ownerOfCaller(request.event);
  const subject = subjectOf(contract, request);
  const owner = subject ? await requireOwner(caller, subject, formerOwner) : caller;
  if (owner === undefined) return request;
  return { ...request, owner, body: mapNewMembers(contract, request.body, (member) => withOwnerTag(member, owner)) };
}

/** A resource that has an owner, and the problem for a caller of another owner. */
interface Subject {
  readonly findOwner: () => Promise<string | undefined>;
  readonly notFound: Problem;
}

/** Returns the resource that a request is about. Undefined if the contract has none. */
function subjectOf({ subject }: Route, { path, body, signal }: AnyRequest): Subject | undefined {
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
  findOwner: async () => {
    const { GlobalReplicationGroup } = await findGlobalDatastore(signal, id);
    return findOwnerOfDatastore(signal, GlobalReplicationGroup);
  },
  notFound: new Problem('GlobalReplicationGroupNotFoundFault', `Global datastore ${id} does not exist.`),
});

const operationSubject = (signal: AbortSignal, id: string): Subject => ({
  findOwner: () => findOwnerById(signal, datastoreIdOf(id)),
  notFound: new Problem('OperationNotFound', `Operation ${id} does not exist.`),
});

const groupSubject = (signal: AbortSignal, region: string, id: string): Subject => ({
  findOwner: async () => findOwnerOfGroup(signal, (await findReplicationGroup(signal, region, id)).ARN ?? ''),
  notFound: new Problem('ReplicationGroupNotFoundFault', `Replication group ${id} does not exist.`),
});

/** Returns the owner if the caller acts for it. Throws the 404 of the subject if not, also in place of AWS's own 404. */
async function requireOwner(
  caller: string | undefined,
  { findOwner, notFound }: Subject,
  formerOwner: string | undefined,
): Promise<string | undefined> {
  const owner = await findOwner().catch((problem) => {
    if (problem instanceof Problem && problem.status === 404) {
      if (formerOwner !== undefined) return formerOwner;
      throw notFound;
    }
    if (caller === ANY_OWNER) return undefined;
    throw problem;
  });
  if (caller === ANY_OWNER || (caller !== undefined && caller === owner)) return owner;
  throw notFound;
}

function withOwnerTag(member: NewMember, owner: string): NewMember {
  const { OwnerTag = '' } = policy;
  const others = (member.Tags ?? []).filter(({ Key }) => Key !== OwnerTag);
  return { ...member, Tags: [...others, { Key: OwnerTag, Value: owner }] };
}

import type { AnyRequest } from '../schemas/apiRequest.ts';
import type { Route } from '../schemas/route.ts';

/** The body of a request for a new datastore, as rules and ownership read it. */
export interface NewDatastore {
  readonly GlobalReplicationGroupIdSuffix: string;
  readonly PrimaryReplicationGroupId: string;
  readonly PrimaryReplicationGroupRegion?: string;
}

/** Returns the body of a request for a new datastore. Undefined for any other contract. */
export const newDatastoreIn = ({ subject }: Route, { body }: AnyRequest): NewDatastore | undefined =>
  subject === 'newDatastore' ? (body as NewDatastore) : undefined;

/** A member that a request adds, as rules and ownership read it. */
export interface NewMember {
  readonly ReplicationGroupId: string;
  readonly ReplicationGroupRegion: string;
  readonly Role?: string;
  readonly Tags?: readonly { readonly Key: string; readonly Value?: string }[];
}

/** Returns the members that a body adds, each with its JSON pointer. */
export function newMembersIn({ changes }: Route, body: unknown): { member: NewMember; pointer: string }[] {
  const pointer = changes?.newMembers;
  if (pointer === undefined) return [];
  if (pointer === '#') return [{ member: body as NewMember, pointer }];
  return listAt(pointer, body).map((member, index) => ({ member, pointer: `${pointer}/${index}` }));
}

/** The tags of a member that exists that a request changes. */
export interface ChangedTags {
  readonly Tags?: NewMember['Tags'];
  readonly TagKeys?: readonly string[];
}

/** Returns the tags that a body changes of members that exist, each with the JSON pointer of the member. */
export function changedTagsIn(
  contract: Route,
  body: unknown,
  exists: (member: NewMember) => boolean,
): (ChangedTags & { pointer: string })[] {
  if (contract.changes?.tags) return [{ ...(body as ChangedTags), pointer: contract.changes.tags }];
  return newMembersIn(contract, body)
    .filter(({ member }) => exists(member))
    .map(({ member, pointer }) => ({ Tags: member.Tags, pointer }));
}

/** Returns a body with each member that it adds replaced by `change(member)`. */
export function mapNewMembers<B>({ changes }: Route, body: B, change: (member: NewMember) => NewMember): B {
  const pointer = changes?.newMembers;
  if (pointer === undefined) return body;
  if (pointer === '#') return change(body as NewMember) as B;
  const members = listAt(pointer, body);
  return members.length > 0 ? { ...body, [pointer.slice(2)]: members.map(change) } : body;
}

const listAt = (pointer: string, body: unknown): readonly NewMember[] =>
  (body as Readonly<Record<string, readonly NewMember[] | undefined>>)[pointer.slice(2)] ?? [];

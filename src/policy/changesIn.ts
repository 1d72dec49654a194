import type { AnyRequest } from '../schemas/apiRequest.ts';
import type { Route } from '../schemas/route.ts';

/** The body of a request for a new datastore, as far as rules and ownership read it. */
export interface NewDatastore {
  readonly GlobalReplicationGroupIdSuffix: string;
  readonly PrimaryReplicationGroupId: string;
  readonly PrimaryReplicationGroupRegion?: string;
}

/** Returns the body of a request for a new datastore; undefined for any other contract. */
export const newDatastoreIn = ({ subject }: Route, { body }: AnyRequest): NewDatastore | undefined =>
  subject === 'newDatastore' ? (body as NewDatastore) : undefined;

/** A member that a request adds, as far as rules and ownership read it. */
export interface NewMember {
  readonly ReplicationGroupRegion: string;
  readonly Role?: string;
  readonly Tags?: readonly { readonly Key: string; readonly Value?: string }[];
}

/** Returns the members that a body adds, each with its place as a JSON pointer. */
export function newMembersIn({ changes }: Route, body: unknown): { member: NewMember; pointer: string }[] {
  const place = changes?.newMembers;
  if (place === undefined) return [];
  if (place === '#') return [{ member: body as NewMember, pointer: place }];
  return listAt(place, body).map((member, index) => ({ member, pointer: `${place}/${index}` }));
}

/** Returns a body with each member that it adds replaced by `change(member)`. */
export function mapNewMembers<B>({ changes }: Route, body: B, change: (member: NewMember) => NewMember): B {
  const place = changes?.newMembers;
  if (place === undefined) return body;
  if (place === '#') return change(body as NewMember) as B;
  const members = listAt(place, body);
  return members.length > 0 ? { ...body, [place.slice(2)]: members.map(change) } : body;
}

const listAt = (place: string, body: unknown): readonly NewMember[] =>
  (body as Readonly<Record<string, readonly NewMember[] | undefined>>)[place.slice(2)] ?? [];

import { formatGroupName, type GroupName } from '../datastores/describeGroups.ts';
import { assertNoViolations, type Violation } from '../problems/problem.ts';
import type { Route } from '../schemas/route.ts';
import { changedTagsIn, mapNewMembers, type NewMember, newMembersIn } from './changesIn.ts';
import { type OwnerLookup, ownerUnknown } from './groupOwner.ts';
import { policy } from './policy.ts';

/** The owner of the datastore that gets new members, and the members that it has. */
export interface MemberOwner {
  readonly owner: OwnerLookup;
  readonly members: readonly GroupName[];
  /** True if the caller acts for several owners, so that the request has to name the owner of a new member. */
  readonly mustName: boolean;
}

/**
 * Returns the body with the owner's tag on each member that it adds. No new member is created without it.
 * @throws Problem `ValidationFailed` if the tag has to be named and is not, or names another owner, or if a member that exists
 * would get another owner. `OwnerUnknown` if the owner of the datastore cannot be determined.
 */
export function tagNewMembers<B>(contract: Route, body: B, { owner, members, mustName }: MemberOwner): B {
  const existing = new Set(members.map(formatGroupName));
  const added = newMembersIn(contract, body).filter(({ member }) => !existing.has(formatGroupName(toStored(member))));
  if (added.length > 0 && owner.is === 'unknown') throw ownerUnknown(owner.problem);

  const expected = owner.is === 'known' ? owner.owner : undefined;
  const errors = added.flatMap(({ member, pointer }) => checkTag(member, `${pointer}/Tags`, expected, mustName));
  assertNoViolations([...errors, ...checkKeptOwner(contract, body, existing, expected)]);
  const isNew = (member: NewMember) => !existing.has(formatGroupName(toStored(member)));
  if (expected === undefined) return body;
  return mapNewMembers(contract, body, (member) => (isNew(member) ? withOwnerTag(member, expected) : member));
}

/** Checks that a request does not change or remove the owner of a member that exists. */
function checkKeptOwner(
  contract: Route,
  body: unknown,
  existing: ReadonlySet<string>,
  owner: string | undefined,
): Violation[] {
  return changedTagsIn(contract, body, (member) => existing.has(formatGroupName(toStored(member)))).flatMap(
    ({ Tags = [], TagKeys = [], pointer }) => {
      const named = Tags.filter(({ Key, Value = '' }) => Key === policy.OwnerTag && Value !== owner);
      const detail = `The tag ${policy.OwnerTag} of a member that exists names its owner. It cannot be changed here.`;
      return [
        ...(named.length > 0 ? [{ pointer: `${pointer}/Tags`, detail }] : []),
        ...(TagKeys.includes(policy.OwnerTag ?? '') ? [{ pointer: `${pointer}/TagKeys`, detail }] : []),
      ];
    },
  );
}

/** Returns the member with its id as ElastiCache stores it. */
const toStored = (member: NewMember): NewMember => ({
  ...member,
  ReplicationGroupId: member.ReplicationGroupId.toLowerCase(),
});

/** Checks the owner's tag of a new member. All members of a datastore have the same owner. */
function checkTag(
  { Tags = [] }: NewMember,
  pointer: string,
  owner: string | undefined,
  mustName: boolean,
): Violation[] {
  const named = Tags.filter(({ Key }) => Key === policy.OwnerTag).map(({ Value = '' }) => Value);
  if (named.length === 0 && (mustName || owner === undefined))
    return [{ pointer, detail: `Name the owner of the new member in the tag ${policy.OwnerTag}.` }];
  if (named.every((value) => value === (owner ?? (named[0] || undefined)))) return [];
  return [{ pointer, detail: `The tag ${policy.OwnerTag} must name the owner of the datastore.` }];
}

function withOwnerTag(member: NewMember, owner: string): NewMember {
  const { OwnerTag = '' } = policy;
  const others = (member.Tags ?? []).filter(({ Key }) => Key !== OwnerTag);
  return { ...member, Tags: [...others, { Key: OwnerTag, Value: owner }] };
}

import {
  type Goal,
  memberName,
  type ObservedDatastore,
  type ObservedMember,
  type ObservedToken,
  type TokenRotation,
} from './goal.ts';

/** A step of the rotation of an AUTH token: at most one member changes at a time. */
export type TokenStep =
  | { readonly Do: 'rotate'; readonly Member: ObservedMember }
  | { readonly Do: 'wait'; readonly For: string }
  | { readonly Do: 'done' };

type Tokens = Readonly<Record<string, ObservedToken>>;

/**
 * Returns the next step of a rotation in a settled datastore. A member is done when its AUTH token has been modified since the
 * acceptance and it is available again. unverified: AWS changes AuthTokenLastModifiedDate for each strategy.
 */
export function nextTokenStep(
  { ModifiedBefore }: TokenRotation,
  { Members }: ObservedDatastore,
  tokens: Tokens = {},
): TokenStep {
  const changing = Members.find((member) => tokens[memberName(member)]?.Status !== 'available');
  if (changing) {
    const { Status = 'not found' } = tokens[memberName(changing)] ?? {};
    return { Do: 'wait', For: `${memberName(changing)} (${Status}) to be available` };
  }
  const next = inOrder(Members).find((member) => {
    const name = memberName(member);
    return tokens[name]?.ModifiedAt === ModifiedBefore[name];
  });
  return next ? { Do: 'rotate', Member: next } : { Do: 'done' };
}

/**
 * Returns the members with the primary last. If AWS refuses the change, it refuses it for a secondary first, and the member
 * that takes writes is unchanged.
 */
const inOrder = (members: readonly ObservedMember[]): ObservedMember[] =>
  members.toSorted(
    (a, b) => Number(a.Role === 'PRIMARY') - Number(b.Role === 'PRIMARY') || (memberName(a) < memberName(b) ? -1 : 1),
  );

/** Formats the change of one member for callers. */
export function describeRotation(member: ObservedMember, { TokenRotation }: Goal): string {
  const call = `ModifyReplicationGroup in ${member.ReplicationGroupRegion}, ${TokenRotation?.AuthTokenUpdateStrategy}`;
  const effect =
    TokenRotation?.AuthTokenUpdateStrategy === 'SET'
      ? 'Only the new token is valid afterwards.'
      : 'The former and the new token are both valid afterwards.';
  return `Change the AUTH token of ${memberName(member)} (${call}). ${effect}`;
}

/** Returns the tokens after one member has changed. */
export const tokensAfter = (member: ObservedMember, tokens: Tokens = {}): Tokens => ({
  ...tokens,
  [memberName(member)]: changedToken,
});

const changedToken: ObservedToken = { Status: 'available', ModifiedAt: 'later' };

/** Returns the tokens of these members after every change in progress is complete. */
export const settledTokens = (members: readonly ObservedMember[], tokens: Tokens = {}): Tokens =>
  Object.fromEntries(members.map((member) => [memberName(member), settledToken(tokens[memberName(member)])]));

const settledToken = (token: ObservedToken | undefined): ObservedToken =>
  token?.IsChanging ? changedToken : { ...token, Status: 'available' };

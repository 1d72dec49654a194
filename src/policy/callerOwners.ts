import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { callerOf, claimsOf, valuesOfClaim } from '../lib/caller.ts';
import { policy } from './policy.ts';

/** The owner of callers that may read and change everything. */
export const ANY_OWNER = '*';

/**
 * Returns the owners that a caller acts for, by the claim of a token or by the list in the policy. Empty if neither has one.
 * Only the list, or a policy without owners, results in `*`.
 */
export function ownersOfCaller(event: APIGatewayProxyEventV2): readonly string[] {
  const { OwnerTag, OwnerClaim = OwnerTag, Owners = {} } = policy;
  if (!OwnerTag || !OwnerClaim) return [ANY_OWNER];
  const claims = claimsOf(event);
  if (claims)
    return [...new Set(valuesOfClaim(claims[OwnerClaim]))].filter((value) => value !== '' && value !== ANY_OWNER);
  const { principal = '' } = callerOf(event) ?? {};
  const owner = Object.hasOwn(Owners, principal) ? Owners[principal] : undefined;
  return owner === undefined ? [] : [owner];
}

/** Returns whether a caller with these owners acts for an owner. Only `*` acts for a resource without an owner. */
export const actsFor = (owners: readonly string[], owner: string | undefined): boolean =>
  owners.includes(ANY_OWNER) || (owner !== undefined && owners.includes(owner));

import type { GlobalReplicationGroupMember } from '@aws-sdk/client-elasticache';
import { type Check, checkRule } from '../problems/check.ts';

/** Checks that the target of a promotion is a member, a secondary and associated. `advice` is for one that is no member. */
export function checkTarget(
  target: GlobalReplicationGroupMember | undefined,
  { PrimaryReplicationGroupId }: { readonly PrimaryReplicationGroupId?: string },
  advice: string,
): Check[] {
  const isMember = checkRule(
    'target-is-member',
    target !== undefined,
    { pass: 'The target is a member.', fail: `The target is not a member. ${advice}` },
    PrimaryReplicationGroupId ? '#/PrimaryReplicationGroupId' : '#/PrimaryRegion',
  );
  if (!target) return [isMember];
  return [
    isMember,
    checkRule(
      'target-is-secondary',
      target.Role !== 'PRIMARY',
      { pass: 'The target is a secondary.', fail: 'The target is already the primary.' },
      '#/PrimaryRegion',
    ),
    checkRule(
      'target-associated',
      target.Status === 'associated',
      { pass: 'The target is associated.', fail: `The target is ${target.Status}. Wait until it is associated.` },
      '#/PrimaryRegion',
    ),
  ];
}

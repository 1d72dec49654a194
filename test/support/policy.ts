import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { Policy } from '../../src/policy/policy.ts';

/** Writes a policy to a file that is removed after the tests. Returns its path. */
export function writePolicy(policy: Policy): string {
  const folder = mkdtempSync(join(tmpdir(), 'policy-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'policy.json');
  writeFileSync(file, JSON.stringify(policy));
  return file;
}

const role = (name: string) => `arn:aws:sts::123456789012:assumed-role/${name}`;

/** A policy with the owners `a` and `b`, and with operators, which have the rights of every owner. */
export const owners: Policy = {
  OwnerTag: 'team',
  OwnerClaim: 'custom:team',
  Owners: { [role('TeamA')]: 'a', [role('TeamB')]: 'b', [role('BreakGlass')]: '*' },
};

export const ownerA = { caller: `${role('TeamA')}/session` };
export const ownerB = { caller: `${role('TeamB')}/session` };
export const operator = { caller: `${role('BreakGlass')}/session` };
export const unknownCaller = { caller: `${role('Unknown')}/session` };

/** Returns the settings of a replication group with the tag of an owner. */
export const tagged = (team: string) => ({ Tags: [{ Key: 'team', Value: team }] });

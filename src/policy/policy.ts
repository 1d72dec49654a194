// Replaced at build time by build/plugins/inlinePolicy.ts.
import { readFileSync } from 'node:fs';
import type { FromSchema } from 'json-schema-to-ts';
import { config } from '../config.ts';
import { ajv } from '../schemas/ajv.ts';
import { policySchema } from './policySchema.ts';

/** The policy of an organisation: its rules and its owners. */
export type Policy = FromSchema<typeof policySchema>;

/** Loads the policy from a JSON file. Returns an empty policy without a file. Throws an Error that lists the violations. */
export function loadPolicy(file: string | undefined): Policy {
  if (!file) return {};
  const policy = parseFile(file);
  const validate = ajv({ formats: { regex: isRegExp } }).compile<Policy>(policySchema);
  if (validate(policy)) return policy;
  const errors = (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath || '/'} ${message}`);
  throw new Error(`The policy in ${file} is not valid: ${errors.join(', ')}.`);
}

function parseFile(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`The policy in ${file} cannot be read: ${(error as Error).message}`);
  }
}

function isRegExp(source: string): boolean {
  try {
    return Boolean(new RegExp(source, 'v'));
  } catch {
    return false;
  }
}

/** The policy in POLICY_FILE. The module throws at load if the file is not a valid policy. */
export const policy: Policy = loadPolicy(config.policyFile);

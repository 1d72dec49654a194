// Replaced at build time by build/plugins/inlinePolicy.ts.
import { config } from '../config.ts';
import { loadPolicy, type Policy } from './loadPolicy.ts';

/** The rules of POLICY_FILE. Throws when the file is not a valid policy. */
export const policy: Policy = loadPolicy(config.policyFile);

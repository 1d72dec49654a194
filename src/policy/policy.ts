// Replaced at build time by build/plugins/inlinePolicy.ts.
import { config } from '../config.ts';
import { loadPolicy, type Policy } from './loadPolicy.ts';

/** The policy in POLICY_FILE. The module throws at load if the file is not a valid policy. */
export const policy: Policy = loadPolicy(config.policyFile);

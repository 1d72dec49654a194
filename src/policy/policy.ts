import { config } from '../config.ts';
import { type Policy, readPolicy } from './loadPolicy.ts';

/** The rules of POLICY_FILE. The build reads it and puts the rules themselves in the place of this module. */
export const policy: Policy = readPolicy(config.policyFile);

import { supportsNodeType } from '../datastores/eligibility.ts';
import { type Check, checkRule } from './check.ts';

/** Whether a global datastore may run on this node type. */
export const checkNodeType = (nodeType: string | undefined, pointer: string): Check =>
  checkRule(
    'node-type-supported',
    nodeType === undefined ? undefined : supportsNodeType(nodeType),
    {
      pass: `${nodeType} is supported.`,
      fail: `${nodeType} is not: a global datastore needs the family M5, M6g, M7g, R5, R6g, R6gd, R7g or C7gn, in size large or up.`,
    },
    pointer,
  );

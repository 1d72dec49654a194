import { supportedRegions } from '../datastores/eligibility.ts';
import { type Check, checkRule } from './check.ts';

/** Whether AWS has global datastores in this region. */
export const checkRegion = (region: string, pointer: string): Check =>
  checkRule(
    'region-supported',
    Object.hasOwn(supportedRegions, region),
    {
      pass: `${region} supports global datastores.`,
      fail: `${region} is not among the regions that support global datastores.`,
    },
    pointer,
  );

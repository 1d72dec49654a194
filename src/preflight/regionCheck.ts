import { supportedRegions } from '../datastores/eligibility.ts';
import { type Check, judge } from './check.ts';

/** Whether AWS has global datastores in this region. */
export const regionSupported = (region: string, pointer: string): Check =>
  judge(
    'region-supported',
    Object.hasOwn(supportedRegions, region),
    {
      pass: `${region} supports global datastores.`,
      fail: `${region} is not among the regions that support global datastores.`,
    },
    pointer,
  );

import { config } from '../config.ts';

/** The formats our schemas name. A region becomes part of a host name, so only configured ones pass, never a pattern. */
export const formats = {
  'aws-region': (region: string): boolean => config.regions.includes(region),
};

import { config } from '../config.ts';

/** The formats in the schemas. A region becomes part of a host name, so only configured regions are valid. */
export const formats = {
  'aws-region': (region: string): boolean => config.regions.includes(region),
};

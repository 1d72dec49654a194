import { config } from '../config.ts';

/**
 * What every client of the SDK is made with, besides its region and endpoint. Whatever is not said here the SDK looks for in
 * `~/.aws` at the first request of a container, where no function has anything.
 */
export const sdkDefaults = {
  authSchemePreference: [] as string[],
  defaultsMode: 'standard' as const,
  disableClockSkewCorrection: false,
  ignoreConfiguredEndpointUrls: true,
  retryMode: 'standard' as const,
  useDualstackEndpoint: false,
  useFipsEndpoint: config.fips,
  userAgentAppId: 'global-datastore-api', // shows in CloudTrail
};

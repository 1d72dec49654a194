import { config } from '../config.ts';

/**
 * The settings of every SDK client, besides its region and endpoint. The SDK reads settings that are missing here from `~/.aws`
 * at the first request of a container. A function has no such file.
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

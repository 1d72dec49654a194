import type { Environment } from './environment.ts';

/** Returns the options of `serverless` for the stack of an environment in one of its regions. */
export function optionsOf(name: string, environment: Environment, region: string): string[] {
  const parameters = Object.entries(parametersOf(environment, region)).filter(([, value]) => value !== undefined);
  return [
    ...['--stage', name, '--region', region],
    ...parameters.flatMap(([parameter, value]) => ['--param', `${parameter}=${value}`]),
  ];
}

/** Returns the parameters of serverless.yml. A member without a rule of its own has the name of its parameter. */
function parametersOf(environment: Environment, region: string): Record<string, unknown> {
  const {
    apiRegions,
    apiUrls,
    regions = apiRegions,
    certificates,
    alarmTopics,
    deploymentBuckets,
    kmsKeys,
    tags,
    policy: _,
    ...others
  } = environment;
  return {
    ...others,
    regions: regions.join(','),
    apiRegions: apiRegions.join(','),
    apiUrls:
      apiUrls &&
      Object.entries(apiUrls)
        .map(([name, url]) => `${name}=${url}`)
        .join(','),
    table: region === apiRegions[0] ? 'own' : 'replica',
    certificate: certificates?.[region],
    alarmTopic: alarmTopics?.[region],
    deploymentBucket: deploymentBuckets?.[region],
    kmsKeys: kmsKeys && JSON.stringify(kmsKeys),
    tags: tags && JSON.stringify(tags),
  };
}

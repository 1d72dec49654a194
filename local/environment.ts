/** Variables of the functions. An undefined one is removed. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The name of the stack in the default stage, as in serverless.yml. The table has the same name. */
export const stackName = 'global-datastore-api-dev';

/** Returns the name of the table. TABLE_NAME selects another one, such as one that was restored. */
export const tableName = (): string => process.env.TABLE_NAME || stackName;

/** The name of the durable function in `src/operations`. */
export const durableFunction = 'reconcile';

/** The URL of a local API, and the endpoints that its functions call. */
export interface Surroundings {
  readonly url: string;
  readonly regions: readonly [string, ...string[]];
  readonly lambda: string;
  readonly dynamoDb: string;
  /** The endpoint of ElastiCache if it is not on AWS. */
  readonly elastiCache: string | undefined;
  readonly policyFile: string | undefined;
  /** The name and version of the servers behind the emulator, if there are any. */
  readonly dataPlane: string | undefined;
  readonly aws: boolean;
}

/** Returns the variables of the functions. */
export const environmentOf = ({
  url,
  regions,
  lambda,
  dynamoDb,
  elastiCache,
  policyFile,
  dataPlane,
  aws,
}: Surroundings): Environment => ({
  PUBLIC_URL: url,
  LOCAL_CALLER: 'local',
  POLICY_FILE: policyFile,
  DATA_PLANE: dataPlane,
  DATA_PLANE_URL: dataPlane && `${elastiCache}/_emulator/data-plane`,
  REGIONS: regions.join(','),
  AWS_REGION: regions[0],
  TABLE_NAME: tableName(),
  AWS_ENDPOINT_URL_DYNAMODB: dynamoDb,
  AWS_ENDPOINT_URL_LAMBDA: lambda,
  ...(!aws && withoutAws(elastiCache)),
});

/** Sets the variables in this process. `src/config.ts` reads them when the first function is loaded. */
export function setEnvironment(variables: Environment): void {
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}

/** Variables of functions that call no AWS account. They hide what the user has set for AWS. */
const withoutAws = (elastiCache: string | undefined): Environment => ({
  AWS_ENDPOINT_URL_ELASTICACHE: elastiCache,
  AWS_ENDPOINT_URL_SECRETS_MANAGER: process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER ?? elastiCache,
  AWS_ENDPOINT_URL_CLOUDWATCH: process.env.AWS_ENDPOINT_URL_CLOUDWATCH ?? elastiCache,
  LAG_CACHE_MS: '1000',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_SESSION_TOKEN: undefined,
  AWS_PROFILE: undefined,
  RETRY_AFTER_SECONDS: '1',
  RECONCILE_INTERVAL_SECONDS: '1',
  POLL_MS: '200',
});

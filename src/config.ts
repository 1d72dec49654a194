const env = process.env;

/**
 * The configuration from environment variables, read once. No other file in `src/` reads `process.env`. Durations are in
 * milliseconds unless the name has another unit.
 */
export const config = {
  /** The region of the API. A datastore is created and searched in it first, unless a request names another. Lambda sets it. */
  region: env.AWS_REGION ?? 'us-east-1',

  /** All regions that the API calls, its own region first. */
  regions: unique([env.AWS_REGION ?? 'us-east-1', ...(env.REGIONS ?? '').split(/[\s,]+/).filter(Boolean)]),

  /** The endpoint of ElastiCache for all regions, if it is not on AWS. */
  elasticacheEndpoint: env.AWS_ENDPOINT_URL_ELASTICACHE,

  /** The endpoints of ElastiCache by region, such as a VPC endpoint in AWS_ENDPOINT_URL_ELASTICACHE_EU_WEST_1. */
  elasticacheEndpoints: byRegion('AWS_ENDPOINT_URL_ELASTICACHE_'),

  /** The endpoint of Secrets Manager for all regions, if it is not on AWS. */
  secretsManagerEndpoint: env.AWS_ENDPOINT_URL_SECRETS_MANAGER,

  /** The endpoints of Secrets Manager by region. */
  secretsManagerEndpoints: byRegion('AWS_ENDPOINT_URL_SECRETS_MANAGER_'),

  /** The endpoint of CloudWatch for all regions, if it is not on AWS. */
  cloudWatchEndpoint: env.AWS_ENDPOINT_URL_CLOUDWATCH,

  /** The endpoints of CloudWatch by region. */
  cloudWatchEndpoints: byRegion('AWS_ENDPOINT_URL_CLOUDWATCH_'),

  /** The time for which a container caches the replication lag of a secondary. */
  lagCacheMs: Number(env.LAG_CACHE_MS ?? 30_000),

  /** The JSON file with the policy of the organisation, if any. It is read when the bundles are built. */
  policyFile: env.POLICY_FILE,

  /** The time for which a container caches the owner of a replication group. */
  ownerCacheMs: Number(env.OWNER_CACHE_MS ?? 60_000),

  /** The name of every caller without an authorizer. Only `npm start` sets it. Elsewhere such a request is refused. */
  localCaller: env.LOCAL_CALLER || undefined,

  /** The name and version of the servers behind the emulator, if there are any. Only `npm start -- --data-plane` sets it. */
  dataPlane: env.DATA_PLANE || undefined,

  /** The URL at which the emulator shows the state of its servers. */
  dataPlaneUrl: env.DATA_PLANE_URL || undefined,

  /** The public URL of the API, if it is not the host name of API Gateway. */
  publicUrl: env.PUBLIC_URL,

  /** The key of the Markers of lists. A deployment sets it to a text that callers of the API cannot read. */
  markerKey: env.MARKER_KEY ?? 'local',

  /** The URL of the API in its own region. A domain name of several regions may lead to another one. */
  regionalUrl: env.REGIONAL_URL,

  /** Whether the functions write no log. Tests set it. */
  silent: env.LOG === 'off',

  /** The endpoint of AWS Lambda, if it is not on AWS. It is used for durable executions only. */
  lambdaEndpoint: env.AWS_ENDPOINT_URL_LAMBDA,

  /** The endpoints of AWS Lambda by region. */
  lambdaEndpoints: byRegion('AWS_ENDPOINT_URL_LAMBDA_'),

  /** The regions in which this API runs, its own region first. */
  apiRegions: unique([env.AWS_REGION ?? 'us-east-1', ...(env.API_REGIONS ?? '').split(/[\s,]+/).filter(Boolean)]),

  /** The URLs of the API by region, for the refusal of an evacuation of its own region. */
  apiUrls: Object.fromEntries(
    (env.API_URLS ?? '').split(',').map((pair) => [pair.split('=', 1)[0], pair.slice(pair.indexOf('=') + 1)]),
  ) as Readonly<Record<string, string | undefined>>,

  /** The name of the durable function that reconciles datastores. */
  reconcileFunction: env.RECONCILE_FUNCTION ?? 'global-datastore-api-dev-reconcile',

  /** Selects the FIPS 140 endpoints of AWS. */
  fips: env.AWS_USE_FIPS_ENDPOINT === 'true',

  /** The seconds in `Retry-After`: the time after which a client should read a changing resource again. */
  retryAfterSeconds: Number(env.RETRY_AFTER_SECONDS ?? 15),

  /** The interval of reads while a request waits for a change. */
  pollMs: Number(env.POLL_MS ?? 2_000),

  /** The deadline of a request. It is before the timeout of API Gateway: an HTTP API waits for 30 s. */
  requestMs: Number(env.REQUEST_MS ?? 25_000),

  /** The timeout of one attempt at ElastiCache, up to the last byte of the response. A retry must fit into the request. */
  attemptMs: Number(env.ATTEMPT_MS ?? 6_000),

  /** The timeout of all attempts in one region, if another region can be tried. Three throttled attempts fit into it. */
  regionMs: Number(env.REGION_MS ?? 3_500),

  /** The time for which a region that did not respond is tried last. */
  unresponsiveMs: Number(env.UNRESPONSIVE_MS ?? 5_000),

  /** The timeout of opening a connection to AWS. */
  connectMs: Number(env.CONNECT_MS ?? 1_500),

  /** The limit on connections to one region. A container needs more than one only if it serves requests in parallel. */
  maxSockets: 256,

  /** The largest response of ElastiCache that is read, in bytes. A response of Lambda itself has at most 6 MB. */
  maxResponseBytes: 8_388_608,

  /** The DynamoDB table of idempotency records, failover leases and audit entries. */
  table: env.TABLE_NAME,

  /** The endpoint of DynamoDB, if it is not on AWS. */
  dynamodbEndpoint: env.AWS_ENDPOINT_URL_DYNAMODB,

  /** The timeout of one call to DynamoDB, with its second attempt. A healthy table responds in a few milliseconds. */
  tableTimeoutMs: Number(env.TABLE_TIMEOUT_MS ?? 1_200),

  /** The lifetime of an idempotency record, in hours. */
  keyHours: 24,

  /**
   * The time for which an idempotency key stays locked after the deadline of its request. It covers clock skew, so that two
   * attempts never run at the same time.
   */
  keyClockSkewMs: 3_000,

  /** The limit on the lock of an idempotency key, for tests that kill a request. By default its deadline counts. */
  keyLeaseMs: env.KEY_LEASE_MS === undefined ? Number.POSITIVE_INFINITY : Number(env.KEY_LEASE_MS),

  /** The interval of reconciles, in whole seconds: the durable engine has no shorter unit. */
  reconcileIntervalSeconds: Number(env.RECONCILE_INTERVAL_SECONDS ?? 20),

  /** The interval of the reconciles of a drill while it measures, in whole seconds. */
  drillIntervalSeconds: Number(env.DRILL_INTERVAL_SECONDS ?? 1),

  /** The time after which a drill that still waits for AWS uses the interval of other operations. */
  drillMeasureMs: 10 * 60_000,

  /** The interval of an evacuation in its first minutes, in whole seconds. */
  evacuationIntervalSeconds: Math.min(5, Number(env.RECONCILE_INTERVAL_SECONDS ?? 20)),

  /** The time for which the operation of one datastore counts against `MaxAtOnce` of its evacuation. */
  evacuationPlaceMs: Number(env.EVACUATION_PLACE_MS ?? 10 * 60_000),

  /** The timeout of one reconcile, with its change. The timeout of its function is 29 s. */
  reconcileTimeoutMs: Number(env.RECONCILE_TIMEOUT_MS ?? 25_000),

  /** The time without progress after which an operation stops. The longest known step takes AWS less than an hour. */
  noProgressMs: Number(env.NO_PROGRESS_MS ?? 90 * 60_000),

  /** The time after which an operation stops in any case, before its teardown. */
  operationTimeoutMs: Number(env.OPERATION_TIMEOUT_MS ?? 4 * 3_600_000),

  /**
   * The time after which the teardown of a failed operation stops, and each way of a drill. A run and its teardown, and a drill with the
   * longest hold, end before the engine ends them.
   */
  teardownTimeoutMs: Number(env.TEARDOWN_TIMEOUT_MS ?? 2 * 3_600_000),

  /** The lifetime of a durable execution: `executionTimeout` in serverless.yml. It covers a late start, too. */
  executionTimeoutMs: 6.5 * 3_600_000,

  /** The lifetime of a failover lease. AWS completes a failover in less than a minute. */
  failoverLeaseMs: Number(env.FAILOVER_LEASE_MS ?? 60_000),

  /** The time for which a response waits for its audit entry. */
  auditMs: Number(env.AUDIT_MS ?? 500),

  /** The timeout of the reads of `GET /ready`. A health check of Route 53 waits for 2 s. */
  readyMs: 1_500,

  /** The time for which a container caches the result of `GET /ready`. */
  readyCacheMs: 10_000,

  /** The largest request body, in bytes. The largest real one is under 4 KiB. */
  maxBodyBytes: 65_536,
};

function unique(regions: string[]): string[] {
  return [...new Set(regions)];
}

function byRegion(prefix: string): Readonly<Record<string, string | undefined>> {
  const names = Object.keys(env).filter((name) => name.startsWith(prefix));
  return Object.fromEntries(
    names.map((name) => [name.slice(prefix.length).toLowerCase().replaceAll('_', '-'), env[name]]),
  );
}

const env = process.env;

/**
 * Everything the environment decides, read once; nothing else in `src/` reads `process.env`.
 * Lengths of time are in milliseconds unless the name says otherwise.
 */
export const config = {
  /** The API's own region: where a datastore is made and looked for first. Lambda sets it. */
  region: env.AWS_REGION ?? 'us-east-1',

  /** The only regions that are ever called; the own region comes first. */
  regions: unique([env.AWS_REGION ?? 'us-east-1', ...(env.REGIONS ?? '').split(/[\s,]+/).filter(Boolean)]),

  /** Where ElastiCache is, when it is not on AWS. One endpoint serves all regions. */
  elasticacheEndpoint: env.AWS_ENDPOINT_URL_ELASTICACHE,

  /** Where ElastiCache of one region is, such as a VPC endpoint: AWS_ENDPOINT_URL_ELASTICACHE_EU_WEST_1. */
  elasticacheEndpoints: byRegion('AWS_ENDPOINT_URL_ELASTICACHE_'),

  /** The JSON file with the rules of the organisation, if there are any; read as the bundles are built. */
  policyFile: env.POLICY_FILE,

  /** How long a container takes the owner of a replication group for granted. */
  ownerCacheMs: Number(env.OWNER_CACHE_MS ?? 60_000),

  /** Where callers reach this API, when that is not the host that API Gateway names. */
  publicUrl: env.PUBLIC_URL,

  /** Where AWS Lambda is, when it is not on AWS: only durable runs are called. */
  lambdaEndpoint: env.AWS_ENDPOINT_URL_LAMBDA,

  /** The durable function that brings datastores to their goals. */
  reconcileFunction: env.RECONCILE_FUNCTION ?? 'global-datastore-api-dev-reconcile',

  /** Whether AWS is called at its FIPS 140 endpoints, as some of its customers have to. */
  fips: env.AWS_USE_FIPS_ENDPOINT === 'true',

  /** How long a client should wait before it looks at a changing resource again, in seconds. */
  retryAfterSeconds: Number(env.RETRY_AFTER_SECONDS ?? 15),

  /** How often a changing resource is looked at while a request waits for it. */
  pollMs: Number(env.POLL_MS ?? 2_000),

  /** A request ends before API Gateway gives up on it: an HTTP API waits 30 s and no longer. */
  requestMs: Number(env.REQUEST_MS ?? 25_000),

  /** What one attempt at ElastiCache may take, to the last byte of the answer, so that a retry still fits into the request. */
  attemptMs: Number(env.ATTEMPT_MS ?? 6_000),

  /** What one region may take, three throttled attempts together, where another region can be asked instead. */
  regionMs: Number(env.REGION_MS ?? 3_500),

  /** How long a region that did not answer is asked last. */
  unresponsiveMs: Number(env.UNRESPONSIVE_MS ?? 5_000),

  /** What opening a connection to ElastiCache may take. */
  connectMs: Number(env.CONNECT_MS ?? 1_500),

  /** Connections to one region at a time; of more than one a container has need only when it serves several requests at once. */
  maxSockets: 256,

  /** The largest answer of ElastiCache that is read, in bytes. Lambda itself answers with 6 MB at most. */
  maxAnswerBytes: 8_388_608,

  /** The DynamoDB table of idempotency records, failover leases and audit entries. */
  table: env.TABLE_NAME,

  /** Where DynamoDB is, when it is not on AWS. */
  dynamodbEndpoint: env.AWS_ENDPOINT_URL_DYNAMODB,

  /** What one call of DynamoDB may take, its second attempt included: it answers in a few milliseconds or is in trouble. */
  tableTimeoutMs: Number(env.TABLE_TIMEOUT_MS ?? 1_200),

  /** How long an Idempotency-Key is remembered, in hours. */
  keyHours: 24,

  /** How long after a request must have ended its key stays taken, lest two runs meet. It covers clocks that differ. */
  keyClockSkewMs: 3_000,

  /** How long a run holds its key at most, in place of the time until its request must have ended: for tests that kill it. */
  keyLeaseMs: env.KEY_LEASE_MS === undefined ? Number.POSITIVE_INFINITY : Number(env.KEY_LEASE_MS),

  /** How often a run looks at its datastore, in seconds; whole seconds, the durable engine knows no less. */
  reconcileIntervalSeconds: Number(env.RECONCILE_INTERVAL_SECONDS ?? 20),

  /** What one look may take, with the one change that it may ask for; its function has 29 s. */
  reconcileTimeoutMs: Number(env.RECONCILE_TIMEOUT_MS ?? 25_000),

  /** A run that has seen nothing change for so long stops. The longest single step known takes AWS less than an hour. */
  noProgressMs: Number(env.NO_PROGRESS_MS ?? 90 * 60_000),

  /** A run stops after so long, whatever it is at. */
  operationTimeoutMs: Number(env.OPERATION_TIMEOUT_MS ?? 4 * 3_600_000),

  /** How long a failover keeps failovers to other members away, unless it is seen to be through: AWS needs under a minute. */
  failoverLeaseMs: Number(env.FAILOVER_LEASE_MS ?? 60_000),

  /** How long an answer waits for its audit entry at most. */
  auditMs: Number(env.AUDIT_MS ?? 500),

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

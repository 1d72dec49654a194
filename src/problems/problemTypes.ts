/** What a caller is told about one kind of problem. */
export interface ProblemType {
  /** The HTTP status of the answer. */
  readonly status: number;
  /** What kind of problem it is; the same for each occurrence (RFC 9457 §3.1.3). */
  readonly title: string;
  /** What the caller can do about it. */
  readonly advice: string;
  /** Whether the same request may succeed later, unchanged. */
  readonly retry: boolean;
  /** Seconds for `Retry-After`, where a time can be named. */
  readonly retryAfter?: number;
  /** The HTTP status where it was a time-out that caused the problem. */
  readonly statusAfterTimeout?: number;
  /** The command that mends it, said in `detail` after what AWS says. */
  readonly command?: string;
}

const wait = 'Look at the resource until it is stable, then send the request again.';
const correct = 'Correct the request; sent again unchanged it is refused again.';
const quota = 'Ask AWS for a higher quota, or remove what is not needed; see Service Quotas in the AWS console.';
const later = 'Send the same request again after the time in Retry-After.';

const badRequest = (title: string, advice = correct) => ({ status: 400, title, advice, retry: false }) as const;
const notFound = (title: string, advice: string) => ({ status: 404, title, advice, retry: false }) as const;
const busy = (title: string) => ({ status: 409, title, advice: wait, retry: true, retryAfter: 15 }) as const;
const conflict = (title: string, advice: string) => ({ status: 409, title, advice, retry: false }) as const;
const overQuota = (title: string) => ({ status: 409, title, advice: quota, retry: false }) as const;

/**
 * Every error that ElastiCache models for the operations this API calls, by the SDK's class name (`error.name`), which
 * differs from the code on the wire.
 */
export const AWS_PROBLEMS = {
  GlobalReplicationGroupNotFoundFault: notFound(
    'Global datastore not found',
    'List the datastores to see which ids exist; an id is the five-letter prefix that AWS gave it, a hyphen, and the suffix.',
  ),
  GlobalReplicationGroupAlreadyExistsFault: conflict(
    'Global datastore already exists',
    'Choose another GlobalReplicationGroupIdSuffix, or read the datastore that has this one.',
  ),
  InvalidGlobalReplicationGroupStateFault: busy('Global datastore is not in a state that allows this'),
  ReplicationGroupNotFoundFault: notFound(
    'Replication group not found',
    'Check the replication group id and its region; list the replication groups of that region.',
  ),
  ReplicationGroupAlreadyExistsFault: conflict(
    'Replication group already exists',
    'Choose another ReplicationGroupId; ids are unique within an account and a region.',
  ),
  InvalidReplicationGroupStateFault: busy('Replication group is not available'),
  ServiceLinkedRoleNotFoundFault: {
    status: 424,
    title: 'The account has no service-linked role for ElastiCache',
    advice:
      'Once per account, someone with IAM rights creates the role with the command in detail; then send it again.',
    retry: false,
    command: 'aws iam create-service-linked-role --aws-service-name elasticache.amazonaws.com',
  },
  InvalidParameterValueException: badRequest('ElastiCache refuses a value'),
  InvalidParameterCombinationException: badRequest('ElastiCache refuses this combination of values'),
  CacheClusterNotFoundFault: notFound('Cache cluster not found', correct),
  CacheParameterGroupNotFoundFault: notFound(
    'Cache parameter group not found',
    'Check the name; parameter groups belong to one region.',
  ),
  CacheSecurityGroupNotFoundFault: notFound('Cache security group not found', correct),
  CacheSubnetGroupNotFoundFault: notFound(
    'Cache subnet group not found',
    'Check CacheSubnetGroupName; subnet groups belong to one region.',
  ),
  UserGroupNotFoundFault: notFound('User group not found', 'Check UserGroupIds; user groups belong to one region.'),
  InvalidCacheClusterStateFault: busy('Cache cluster is not available'),
  InvalidUserGroupStateFault: busy('User group is not active'),
  InvalidVPCNetworkStateFault: conflict(
    'The VPC is in no state for this',
    'Check the subnets of the cache subnet group.',
  ),
  InsufficientCacheClusterCapacityFault: {
    status: 503,
    title: 'AWS has no capacity for this node type here',
    advice: 'Try again later, or choose other availability zones.',
    retry: true,
    retryAfter: 60,
  },
  ClusterQuotaForCustomerExceededFault: overQuota('Quota of clusters exceeded'),
  NodeQuotaForClusterExceededFault: overQuota('Quota of nodes in a cluster exceeded'),
  NodeQuotaForCustomerExceededFault: overQuota('Quota of nodes exceeded'),
  NodeGroupsPerReplicationGroupQuotaExceededFault: overQuota('Quota of node groups exceeded'),
  TagQuotaPerResourceExceeded: overQuota('Quota of tags exceeded'),
} as const satisfies Record<string, ProblemType>;

/** What this API says by itself: of a request, of the way to AWS, and of its own failures. */
export const API_PROBLEMS = {
  ValidationFailed: badRequest(
    'The request does not match its schema',
    'Correct each place that is listed in errors; a pointer leads into the body, a parameter is named.',
  ),
  MalformedBody: badRequest('The body is not a JSON object', 'Send one JSON object, encoded as UTF-8.'),
  MemberNotFound: notFound(
    'The datastore has no such member',
    'Read the datastore to see its members; a member is named by its region and its replication group id.',
  ),
  SecondariesAttached: conflict(
    'The datastore still has secondaries',
    'Let one call do it all: delete with ?DetachSecondaries=true. Or remove each secondary with the calls in remedies, wait until it is gone, then delete the datastore.',
  ),
  ProblemNotFound: notFound('No problem has this code', 'The codes are listed in the API reference.'),
  TopologyRefused: conflict(
    'These members cannot be had as things are',
    'Correct what the failing checks name, or clear away what stands in the way; nothing was changed.',
  ),
  OperationRunning: conflict(
    'Another operation is under way at this datastore',
    'Follow it with the first of remedies, or cancel it with the second; ?Supersede=true puts the new wish in its place.',
  ),
  OperationEnded: conflict(
    'The operation has ended',
    'Read the operation to see how; send a new wish to go on from there.',
  ),
  OperationNotFound: notFound('No such operation', 'List the operations; they are kept for 30 days.'),
  FailoverUnderWay: {
    status: 409,
    title: 'A failover to another member is under way',
    advice: 'Look at the datastore until that one is through, decide anew, then send the request again.',
    retry: true,
    retryAfter: 5,
  },
  PolicyDenied: {
    status: 403,
    title: 'The policy of this API forbids it',
    advice: 'Keep to the rule that detail names, or ask those who run this API to change it.',
    retry: false,
  },
  RouteNotFound: notFound('No such route', 'See the routes in the API reference.'),
  MethodNotAllowed: {
    status: 405,
    title: 'Method not allowed',
    advice: 'Use one of the methods in the Allow header.',
    retry: false,
  },
  NotAcceptable: {
    status: 406,
    title: 'Not acceptable',
    advice: 'This API answers in application/json and application/problem+json; accept them.',
    retry: false,
  },
  PreconditionFailed: {
    status: 412,
    title: 'The datastore is not as the caller has seen it',
    advice: 'Read the datastore again, decide anew, and send the change with the entity tag in ETag.',
    retry: false,
  },
  ContentTooLarge: {
    status: 413,
    title: 'Content too large',
    advice: 'Send a smaller body; no valid request comes near the limit.',
    retry: false,
  },
  UnsupportedMediaType: {
    status: 415,
    title: 'Unsupported media type',
    advice: 'Send the body as application/json in UTF-8, without a content encoding.',
    retry: false,
  },
  IdempotencyKeyReused: {
    status: 422,
    title: 'The Idempotency-Key belongs to another request',
    advice: 'Send another request with a key of its own; the same request is repeated with the same key.',
    retry: false,
  },
  IdempotencyKeyInProgress: {
    status: 409,
    title: 'The first request with this Idempotency-Key is still running',
    advice: 'Send the same request with the same key after the time in Retry-After; it gets the answer of the first.',
    retry: true,
    retryAfter: 1,
  },
  IdempotencyStoreUnavailable: {
    status: 503,
    title: 'Idempotency-Key cannot be honoured now',
    advice: 'Nothing was done. Send the same request with the same key after the time in Retry-After.',
    retry: true,
    retryAfter: 5,
  },
  OperationsUnavailable: {
    status: 503,
    title: 'Operations cannot be started or read just now',
    advice: later,
    retry: true,
    retryAfter: 5,
  },
  SecondariesNotStarted: {
    status: 503,
    title: 'The datastore was created, its secondaries were not',
    advice:
      'The datastore has its primary alone. Send the call in remedies with all members that are wanted, or the same request again with the same Idempotency-Key.',
    retry: false,
  },
  AuditUnavailable: {
    status: 503,
    title: 'The audit trail cannot be read now',
    advice: later,
    retry: true,
    retryAfter: 5,
  },
  UpstreamThrottled: {
    status: 503,
    title: 'AWS limits the rate of calls',
    advice: later,
    retry: true,
    retryAfter: 5,
  },
  UpstreamError: {
    status: 502,
    title: 'ElastiCache failed',
    advice: later,
    retry: true,
    retryAfter: 5,
  },
  UpstreamAnswerInvalid: {
    status: 502,
    title: 'ElastiCache gave an answer that cannot be understood',
    advice: later,
    retry: true,
    retryAfter: 5,
  },
  UpstreamUnreachable: {
    status: 502,
    title: 'ElastiCache cannot be reached',
    advice: later,
    retry: true,
    retryAfter: 5,
  },
  UpstreamTimeout: {
    status: 504,
    title: 'ElastiCache did not answer in time',
    advice: later,
    retry: true,
    retryAfter: 5,
  },
  OutcomeUnknown: {
    status: 502,
    statusAfterTimeout: 504,
    title: 'Nobody knows yet whether the change was made',
    advice:
      'The change was sent to ElastiCache and the answer was lost. Look at the resource with the call in remedies before you send the change again.',
    retry: false,
  },
  UpstreamAccessDenied: {
    status: 500,
    title: 'AWS refused the role of this API',
    advice: 'Tell the team that runs this API; the caller can do nothing about it.',
    retry: false,
  },
  InternalError: {
    status: 500,
    title: 'Internal error',
    advice: 'Tell the team that runs this API, with the request id.',
    retry: false,
  },
} as const satisfies Record<string, ProblemType>;

/** The one place that knows which status a fault gets. Keys are the `code` of the problem. */
export const PROBLEM_TYPES = { ...AWS_PROBLEMS, ...API_PROBLEMS };

/** A problem's `code`. */
export type Code = keyof typeof PROBLEM_TYPES;

/** The row of `code`. */
export const problemType = (code: Code): ProblemType => PROBLEM_TYPES[code];

/** Every status that a problem of this code may have. */
export const statusesOf = (code: Code): number[] => {
  const { status, statusAfterTimeout = status } = problemType(code);
  return [...new Set([status, statusAfterTimeout])];
};

/**
 * Names under which the same thing arrives from AWS. The SDK models none of these, so an error's name is the code on the
 * wire. Throttling codes: the AWS SDKs' common list; the rest: the common errors of the ElastiCache API reference.
 */
const aliases: Readonly<Record<string, Code>> = {
  Throttling: 'UpstreamThrottled',
  ThrottlingException: 'UpstreamThrottled',
  ThrottledException: 'UpstreamThrottled',
  RequestThrottled: 'UpstreamThrottled',
  RequestThrottledException: 'UpstreamThrottled',
  RequestLimitExceeded: 'UpstreamThrottled',
  TooManyRequestsException: 'UpstreamThrottled',
  BandwidthLimitExceeded: 'UpstreamThrottled',
  LimitExceededException: 'UpstreamThrottled',
  PriorRequestNotComplete: 'UpstreamThrottled',
  SlowDown: 'UpstreamThrottled',
  EC2ThrottledException: 'UpstreamThrottled',

  AccessDenied: 'UpstreamAccessDenied',
  AccessDeniedException: 'UpstreamAccessDenied',
  CredentialsProviderError: 'UpstreamAccessDenied',
  ExpiredToken: 'UpstreamAccessDenied',
  ExpiredTokenException: 'UpstreamAccessDenied',
  IncompleteSignature: 'UpstreamAccessDenied',
  InvalidClientTokenId: 'UpstreamAccessDenied',
  InvalidSignatureException: 'UpstreamAccessDenied',
  MissingAuthenticationToken: 'UpstreamAccessDenied',
  NotAuthorized: 'UpstreamAccessDenied',
  OptInRequired: 'UpstreamAccessDenied',
  RequestExpired: 'UpstreamAccessDenied',
  SignatureDoesNotMatch: 'UpstreamAccessDenied',
  UnrecognizedClient: 'UpstreamAccessDenied',
  UnrecognizedClientException: 'UpstreamAccessDenied',

  ValidationError: 'InvalidParameterValueException',
  ValidationException: 'InvalidParameterValueException',
};

/** The code for the name of an error that AWS answered; undefined when no row knows it. */
export function codeOf(name: string): Code | undefined {
  if (Object.hasOwn(AWS_PROBLEMS, name)) return name as Code;
  return Object.hasOwn(aliases, name) ? aliases[name] : undefined;
}

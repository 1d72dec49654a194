/** One kind of problem. */
export interface ProblemType {
  /** The HTTP status of the response. */
  readonly status: number;
  /** A summary of the kind of problem. The same for each occurrence (RFC 9457 §3.1.3). */
  readonly title: string;
  /** An instruction for the caller. */
  readonly advice: string;
  /** True if the same request may succeed later without a change. */
  readonly retry: boolean;
  /** The value of `Retry-After` in seconds, where a useful time is known. */
  readonly retryAfter?: number;
  /** The HTTP status if a time-out caused the problem. */
  readonly statusAfterTimeout?: number;
  /** A command that resolves the problem. Appended to `detail` after the text of AWS. */
  readonly command?: string;
}

const wait = 'Read the resource until it is stable. Then send the request again.';
const correct = 'Correct the request. An unchanged request is refused again.';
const quota = 'Request a higher quota in Service Quotas, or remove resources that are not needed.';
const later = 'Send the same request again after the time in Retry-After.';

const badRequest = (title: string, advice = correct) => ({ status: 400, title, advice, retry: false }) as const;
const notFound = (title: string, advice: string) => ({ status: 404, title, advice, retry: false }) as const;
const busy = (title: string) => ({ status: 409, title, advice: wait, retry: true, retryAfter: 15 }) as const;
const conflict = (title: string, advice: string) => ({ status: 409, title, advice, retry: false }) as const;
const overQuota = (title: string) => ({ status: 409, title, advice: quota, retry: false }) as const;

/**
 * Every error that ElastiCache models for the actions that this API calls, by the SDK's class name (`error.name`). The class
 * name differs from the code on the wire.
 */
export const AWS_PROBLEMS = {
  GlobalReplicationGroupNotFoundFault: notFound(
    'Global datastore not found',
    'List the datastores to see the existing ids. An id is the five-letter prefix from AWS, a hyphen and the suffix.',
  ),
  GlobalReplicationGroupAlreadyExistsFault: conflict(
    'Global datastore already exists',
    'Choose another GlobalReplicationGroupIdSuffix, or read the datastore that has this suffix.',
  ),
  InvalidGlobalReplicationGroupStateFault: busy('The state of the global datastore does not allow this'),
  ReplicationGroupNotFoundFault: notFound(
    'Replication group not found',
    'Check the replication group id and its region. List the replication groups of that region to see the existing ids.',
  ),
  ReplicationGroupAlreadyExistsFault: conflict(
    'Replication group already exists',
    'Choose another ReplicationGroupId. Ids are unique within an account and a region.',
  ),
  InvalidReplicationGroupStateFault: busy('Replication group is not available'),
  ServiceLinkedRoleNotFoundFault: {
    status: 424,
    title: 'The account has no service-linked role for ElastiCache',
    advice:
      'Ask someone with IAM permissions to create the role with the command in detail. The role is needed once per account. Then send the request again.',
    retry: false,
    command: 'aws iam create-service-linked-role --aws-service-name elasticache.amazonaws.com',
  },
  InvalidParameterValueException: badRequest('ElastiCache rejected a value'),
  InvalidParameterCombinationException: badRequest('ElastiCache rejected the combination of values'),
  CacheClusterNotFoundFault: notFound('Cache cluster not found', correct),
  CacheParameterGroupNotFoundFault: notFound(
    'Cache parameter group not found',
    'Check the name. A parameter group belongs to one region.',
  ),
  CacheSecurityGroupNotFoundFault: notFound('Cache security group not found', correct),
  CacheSubnetGroupNotFoundFault: notFound(
    'Cache subnet group not found',
    'Check CacheSubnetGroupName. A subnet group belongs to one region.',
  ),
  UserGroupNotFoundFault: notFound('User group not found', 'Check UserGroupIds. A user group belongs to one region.'),
  InvalidCacheClusterStateFault: busy('Cache cluster is not available'),
  InvalidUserGroupStateFault: busy('User group is not active'),
  InvalidVPCNetworkStateFault: conflict(
    'The state of the VPC does not allow this',
    'Check the subnets of the cache subnet group.',
  ),
  InsufficientCacheClusterCapacityFault: {
    status: 503,
    title: 'AWS has no capacity for this node type in this place',
    advice: 'Try again later, or choose other availability zones.',
    retry: true,
    retryAfter: 60,
  },
  ClusterQuotaForCustomerExceededFault: overQuota('Cluster quota exceeded'),
  NodeQuotaForClusterExceededFault: overQuota('Quota of nodes per cluster exceeded'),
  NodeQuotaForCustomerExceededFault: overQuota('Node quota exceeded'),
  NodeGroupsPerReplicationGroupQuotaExceededFault: overQuota('Node group quota exceeded'),
  TagQuotaPerResourceExceeded: overQuota('Tag quota exceeded'),
  TagNotFoundFault: notFound(
    'Tag not found',
    'Read the tags of the replication group. Its other tags were not changed.',
  ),
  NoOperationFault: conflict(
    'Nothing to change',
    'Read the replication group. It has the requested number of replicas already.',
  ),
  InvalidKMSKeyFault: badRequest('ElastiCache cannot use the KMS key'),
  InvalidARNFault: badRequest('ElastiCache rejected an ARN'),
  InvalidCacheSecurityGroupStateFault: busy('The state of the cache security group does not allow this'),
  // The SDK models these for tags of any resource. A call for a replication group never returns them.
  InvalidServerlessCacheStateFault: busy('Serverless cache is not available'),
  InvalidServerlessCacheSnapshotStateFault: busy('Serverless cache snapshot is not available'),
  ReservedCacheNodeNotFoundFault: notFound('Reserved cache node not found', correct),
  ServerlessCacheNotFoundFault: notFound('Serverless cache not found', correct),
  ServerlessCacheSnapshotNotFoundFault: notFound('Serverless cache snapshot not found', correct),
  SnapshotNotFoundFault: notFound('Snapshot not found', correct),
  UserNotFoundFault: notFound('User not found', correct),
} as const satisfies Record<string, ProblemType>;

/** The problems that this API reports itself: of a request, of the connection to AWS, and of its own failures. */
export const API_PROBLEMS = {
  ValidationFailed: badRequest(
    'The request does not match its schema',
    'Correct each place listed in errors. A pointer refers to the body. A parameter is named.',
  ),
  MalformedBody: badRequest('The body is not a JSON object', 'Send one JSON object, encoded as UTF-8.'),
  MemberNotFound: notFound(
    'The datastore does not have this member',
    'Read the datastore to see its members. A member is identified by its region and its replication group id.',
  ),
  SecondariesAttached: conflict(
    'The datastore still has secondaries',
    'Delete with ?DetachSecondaries=true to detach the secondaries and delete the datastore in one call. Or remove each secondary with the calls in remedies, wait until it is gone, then delete the datastore.',
  ),
  ProblemNotFound: notFound('No problem has this code', 'See the API reference for the list of codes.'),
  TopologyRefused: conflict(
    'The requested members are not possible in the current state',
    'Fix the request or the resources named by the failed checks. Nothing was changed.',
  ),
  SecretNotFound: notFound(
    'The secret does not exist',
    'Check AuthTokenSecretArn, and that the secret has a value. A secret belongs to the region in its ARN.',
  ),
  SecretAccessDenied: {
    status: 403,
    title: 'This API may not read the secret',
    advice:
      'Use a secret whose name begins as the operators of this API have set it, elasticache/ by default, and whose key and resource policy let this API read it.',
    retry: false,
  },
  SecretInvalid: badRequest(
    'The secret is not an AUTH token that ElastiCache accepts',
    'Store the AUTH token as the whole text of the secret, or under the name password of a JSON object.',
  ),
  SecretUnavailable: {
    status: 503,
    title: 'Secrets Manager is temporarily unavailable',
    advice: later,
    retry: true,
    retryAfter: 5,
  },
  OperationRunning: conflict(
    'Another operation is in progress for this datastore',
    'Follow the operation with the first request in remedies, or cancel it with the second. Or send this request with ?Supersede=true to replace the operation.',
  ),
  OperationEnded: conflict(
    'The operation has ended',
    'Read the operation to see its result. Send a new request to continue from there.',
  ),
  OperationNotFound: notFound(
    'Operation not found',
    'List the operations to see the existing ids. Operations are kept for 30 days.',
  ),
  EvacuationNotFound: notFound(
    'Evacuation not found',
    'Use the id in the Location of the request that started it. Evacuations are kept for 30 days.',
  ),
  EvacuationOfOwnRegion: conflict(
    'This API runs in the region to evacuate',
    'Send the request to this API in another region, which works while the region is lost.',
  ),
  FailoverUnderWay: {
    status: 409,
    title: 'A failover to another member is in progress',
    advice:
      'Read the datastore until that failover has ended. Decide whether this failover is still needed. Then send the request again.',
    retry: true,
    retryAfter: 5,
  },
  ReplicationLagTooHigh: {
    status: 409,
    title: 'The secondary is too far behind the primary',
    advice: 'Wait until the lag is within the limit. Or send the request without the limit, and lose the last writes.',
    retry: true,
    retryAfter: 60,
  },
  ReplicationLagUnknown: {
    status: 409,
    title: 'It is not known how far the secondary is behind the primary',
    advice:
      'Wait until the lag is known. Or send the request without the limit, and lose an unknown part of the writes.',
    retry: true,
    retryAfter: 60,
  },
  CallerNotIdentified: {
    status: 401,
    title: 'The caller is not identified',
    advice: 'Use a token with a subject: one text that is not empty and not an ARN.',
    retry: false,
  },
  OwnerUnknown: {
    status: 503,
    title: 'The owner cannot be read now',
    advice:
      'Try again after the time in Retry-After. AWS did not return the tags that name the owner. Nothing was changed.',
    retry: true,
    retryAfter: 5,
  },
  PolicyUnavailable: {
    status: 503,
    title: 'A rule of the policy cannot be evaluated now',
    advice:
      'Try again after the time in Retry-After. The data for a rule of the policy could not be read. Nothing was changed.',
    retry: true,
    retryAfter: 5,
  },
  PolicyDenied: {
    status: 403,
    title: 'The policy of this API forbids this change',
    advice: 'Follow the rule named in detail, or ask the operators of this API to change the rule.',
    retry: false,
  },
  RouteNotFound: notFound('Route not found', 'See the API reference for the list of routes.'),
  MethodNotAllowed: {
    status: 405,
    title: 'Method not allowed',
    advice: 'Use one of the methods in the Allow header.',
    retry: false,
  },
  NotAcceptable: {
    status: 406,
    title: 'Not acceptable',
    advice: 'Accept application/json and application/problem+json.',
    retry: false,
  },
  PreconditionFailed: {
    status: 412,
    title: 'The datastore has changed since the caller read it',
    advice:
      'Read the datastore again. Decide whether the change is still needed. Then send it with the new entity tag from ETag.',
    retry: false,
  },
  ContentTooLarge: {
    status: 413,
    title: 'Content too large',
    advice: 'Send a smaller body. Valid requests are far below the limit.',
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
    title: 'The Idempotency-Key was used for a different request',
    advice: 'Use a new key for a different request. Use the same key only to repeat the same request.',
    retry: false,
  },
  IdempotencyKeyInProgress: {
    status: 409,
    title: 'The first request with this Idempotency-Key is still in progress',
    advice:
      'Send the same request with the same key after the time in Retry-After. It returns the response of the first request.',
    retry: true,
    retryAfter: 1,
  },
  IdempotencyStoreUnavailable: {
    status: 503,
    title: 'Records of changes are temporarily unavailable',
    advice: 'Send the same request again after the time in Retry-After. Nothing was changed.',
    retry: true,
    retryAfter: 5,
  },
  OperationsUnavailable: {
    status: 503,
    title: 'Operations are temporarily unavailable',
    advice: later,
    retry: true,
    retryAfter: 5,
  },
  SecondariesNotStarted: {
    status: 503,
    title: 'The datastore was created without its secondaries',
    advice:
      'Send the request in remedies with all desired members, or send the same request again with the same Idempotency-Key. The datastore exists and has only its primary.',
    retry: false,
  },
  AuditUnavailable: {
    status: 503,
    title: 'The audit trail is temporarily unavailable',
    advice: later,
    retry: true,
    retryAfter: 5,
  },
  NotReady: {
    status: 503,
    title: 'The API cannot reach its table or ElastiCache in this region',
    advice: 'Use the API of another region, or send the same request again after the time in Retry-After.',
    retry: true,
    retryAfter: 10,
  },
  UpstreamThrottled: {
    status: 503,
    title: 'AWS throttled the call',
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
    title: 'ElastiCache returned an invalid response',
    advice: later,
    retry: true,
    retryAfter: 5,
  },
  UpstreamUnreachable: {
    status: 502,
    title: 'ElastiCache is unreachable',
    advice: later,
    retry: true,
    retryAfter: 5,
  },
  UpstreamTimeout: {
    status: 504,
    title: 'ElastiCache did not respond in time',
    advice: later,
    retry: true,
    retryAfter: 5,
  },
  OutcomeUnknown: {
    status: 502,
    statusAfterTimeout: 504,
    title: 'The outcome of the change is unknown',
    advice:
      'Read the resource with the request in remedies. The change was sent to ElastiCache and the response was lost. The same request with the same Idempotency-Key is safe: it returns its response once the change shows, and sends the change again only if nothing has changed since.',
    retry: false,
  },
  ChangeNotApplied: {
    status: 424,
    title: 'AWS accepted the change and did not complete it',
    advice:
      'Compare current with the request. Remove what detail names, then send the change again with another Idempotency-Key. The same key returns this response again and changes nothing.',
    retry: false,
  },
  UpstreamAccessDenied: {
    status: 500,
    title: 'AWS denied access to the role of this API',
    advice: 'Report this to the operators of this API. The caller cannot resolve it.',
    retry: false,
  },
  InternalError: {
    status: 500,
    title: 'Internal error',
    advice: 'Report this to the operators of this API with the request id.',
    retry: false,
  },
} as const satisfies Record<string, ProblemType>;

/** Every problem type by its `code`. The only place that assigns a status to a problem. */
export const PROBLEM_TYPES = { ...AWS_PROBLEMS, ...API_PROBLEMS };

/** A problem's `code`. */
export type Code = keyof typeof PROBLEM_TYPES;

/** Returns the problem type of `code`. */
export const problemType = (code: Code): ProblemType => PROBLEM_TYPES[code];

/** Returns every status that a problem of this code can have. */
export const statusesOf = (code: Code): number[] => {
  const { status, statusAfterTimeout = status } = problemType(code);
  return [...new Set([status, statusAfterTimeout])];
};

/**
 * Other names of the same problems. The SDK does not model these errors, so the name of an error is the code on the wire.
 * Throttling codes are from the AWS SDKs' common list. The rest are the common errors of the ElastiCache API reference.
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

/** Returns the code for the name of an AWS error, or undefined if no problem type has this name. */
export function codeOf(name: string): Code | undefined {
  if (Object.hasOwn(AWS_PROBLEMS, name)) return name as Code;
  return Object.hasOwn(aliases, name) ? aliases[name] : undefined;
}

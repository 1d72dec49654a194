import { policySchema } from '../../src/policy/policySchema.ts';

const region = { type: 'string', pattern: '^[a-z]{2}(-[a-z]+)+-[0-9]$' } as const;

const regions = { type: 'array', minItems: 1, uniqueItems: true, items: region } as const;

/** A map from regions of `apiRegions` to ARNs of a service in them. */
const arnsByRegion = (service: string, description: string, resource = '.+') => ({
  type: 'object',
  minProperties: 1,
  propertyNames: region,
  additionalProperties: { type: 'string', pattern: `^arn:aws[a-z-]*:${service}:[a-z0-9-]+:[0-9]{12}:${resource}$` },
  description,
});

/** The retention times that CloudWatch Logs supports. */
const logDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** The schema of `environments/NAME.yml`. */
export const environmentSchema = {
  type: 'object',
  properties: {
    apiRegions: {
      ...regions,
      description:
        'The regions in which the API runs. The stack of the first one makes the table, with a replica in each.',
    },
    regions: { ...regions, description: 'The only regions that the API calls. By default apiRegions.' },
    protected: {
      type: 'boolean',
      description:
        'If true, the stack cannot be deleted before its termination protection is off, and the table and the log groups stay when it is.',
    },
    policy: { ...policySchema, description: 'The policy and the owners, which are built into the functions.' },
    auth: { enum: ['iam', 'jwt', 'iam+jwt'], description: 'What callers bring: a signature, a token, or either.' },
    jwtIssuer: { type: 'string', pattern: '^https://[^\\s,]+$', description: 'The issuer of tokens.' },
    jwtAudience: { type: 'string', pattern: '^[^\\s,]+$', description: 'The audience of tokens.' },
    jwtScopePrefix: { type: 'string', pattern: '^[^\\s,]*$', description: 'The text before viewer in scopes.' },
    console: {
      type: 'boolean',
      description:
        'If true, one function serves a web page, the reference and the contract. They need no authorization and hold no data.',
    },
    signInClientId: {
      type: 'string',
      pattern: '^[^\\s,]+$',
      description: 'The client of jwtIssuer as which the web page signs people in: a public client with PKCE.',
    },
    signInScopes: {
      type: 'string',
      pattern: '^openid( [^\\s,]+)*$',
      description:
        'The scopes that the web page requests, separated by spaces. By default openid and all three of jwtScopePrefix.',
    },
    signInOrigins: {
      type: 'string',
      pattern: '^https://[^\\s,/]+( https://[^\\s,/]+)*$',
      description:
        'Other origins of the issuer that the web page calls, separated by spaces, such as that of its token endpoint.',
    },
    domain: { type: 'string', pattern: '^([a-z0-9-]+\\.)+[a-z]+$', description: 'A domain name of callers.' },
    apiUrls: {
      type: 'object',
      minProperties: 1,
      propertyNames: region,
      additionalProperties: { type: 'string', pattern: '^https://[^\\s,=]+$' },
      description:
        'The URL of the API in each region of apiRegions. An API that runs in a region to evacuate names the others.',
    },
    certificates: arnsByRegion('acm', "The domain's certificate in each region of apiRegions."),
    alarmTopics: arnsByRegion('sns', 'The SNS topic for the alarms in each region of apiRegions.'),
    kmsKeys: arnsByRegion(
      'kms',
      'The KMS key in each region of apiRegions that encrypts the table, the log groups, the functions and their executions.',
      'key/[a-zA-Z0-9-]+', // DynamoDB and Lambda accept aliases, CloudWatch Logs accepts ARNs of keys only
    ),
    tableName: {
      type: 'string',
      pattern: '^[a-zA-Z0-9_.-]{3,255}$',
      description: 'The name of the table. A protected stack adopts a retained or restored table of this name.',
    },
    authTokenSecrets: {
      type: 'string',
      pattern: '^[a-zA-Z0-9/_+=.@*-]+$',
      description: 'The names of the secrets with AUTH tokens that the API may read.',
    },
    logDays: { enum: logDays, description: 'How many days logs are kept.' },
    rate: { type: 'integer', minimum: 1, description: 'The requests a second of a route, of all callers together.' },
    burst: { type: 'integer', minimum: 1, description: 'The requests of a route at once, of all callers together.' },
    memory: { type: 'integer', minimum: 128, maximum: 10240, description: 'The memory of each function in MB.' },
    architecture: { enum: ['arm64', 'x86_64'], description: 'The processor kind of the functions.' },
    tracing: { enum: ['PassThrough', 'Active'], description: 'Active: the functions send traces to X-Ray.' },
    concurrency: {
      type: 'integer',
      minimum: 1,
      description:
        'The concurrent runs that are reserved for each function that changes something, except the failover.',
    },
    permissionsBoundary: {
      type: 'string',
      pattern: '^arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/.+$',
      description: 'The policy that limits every role of the stack.',
    },
    rolePath: { type: 'string', pattern: '^/([a-zA-Z0-9_+=,.@-]+/)*$', description: 'The path of every role.' },
    tags: {
      type: 'object',
      maxProperties: 50,
      propertyNames: { pattern: '^(?!aws:).{1,128}$' },
      additionalProperties: { type: 'string', maxLength: 256 },
      description: 'The tags of the stack, which CloudFormation gives to its resources.',
    },
    deploymentBuckets: {
      type: 'object',
      minProperties: 1,
      propertyNames: region,
      additionalProperties: { type: 'string', pattern: '^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$' },
      description: 'The bucket for the packages in each region of apiRegions. By default each stack makes one.',
    },
  },
  required: ['apiRegions'],
  if: { properties: { auth: { enum: ['jwt', 'iam+jwt'] } }, required: ['auth'] },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: { required: ['jwtIssuer'] },
  dependentRequired: { domain: ['certificates'], certificates: ['domain'] },
  additionalProperties: false,
} as const;

/** The schema of a policy: rules of an organisation in addition to those of AWS. A rule applies only if it is set. */
export const policySchema = {
  type: 'object',
  properties: {
    Regions: {
      type: 'array',
      minItems: 1,
      items: { type: 'string', pattern: '^[a-z]{2}(-[a-z]+)+-[0-9]$' },
      description:
        'The only regions in which a primary may be and a member may be created. A failover may promote any member.',
      examples: [['us-east-1', 'eu-west-1']],
    },
    SuffixPattern: {
      type: 'string',
      format: 'regex',
      description:
        'The ECMAScript regular expression that the suffix of a new datastore must match, in lower case as AWS stores it.',
      examples: ['^[a-z]+-(dev|prod)$'],
    },
    NodeFamilies: {
      type: 'array',
      minItems: 1,
      items: { type: 'string', pattern: '^[a-z0-9]+$' },
      description: 'The only families of node types that the primary of a new datastore and a change may have.',
      examples: [['r7g', 'm7g']],
    },
    MaxDatastores: {
      type: 'integer',
      minimum: 1,
      description:
        'The maximum number of datastores, with OwnerTag of the owner of the new one. They are counted before a create, so two creates at the same time may both be accepted.',
      examples: [20],
    },
    FailoverCooldownMinutes: {
      type: 'integer',
      minimum: 1,
      description:
        'The minutes after a failover of a datastore in which no other one is accepted. The failovers of a drill delay further drills only, and its way back is not delayed.',
      examples: [30],
    },
    FailoverReasonRequired: {
      type: 'boolean',
      description: 'If true, a failover must have a Reason. It is logged.',
    },
    FailoverMaxLagSeconds: {
      type: 'integer',
      minimum: 0,
      description:
        'How many seconds the new primary may be behind at most. A failover whose lag is not known is refused, too. MaxLagSeconds of a request can only be stricter, unless the request has Override.',
      examples: [30],
    },
    FailoverOverrideCallers: {
      type: 'array',
      minItems: 1,
      items: { type: 'string', minLength: 1, maxLength: 2048 },
      description:
        'The callers who may set FailoverMaxLagSeconds aside with Override and a Reason: the ARN of the user or of the assumed role without its session, or the subject of a token. Left out, nobody may.',
      examples: [['arn:aws:sts::123456789012:assumed-role/BreakGlass']],
    },
    OwnerTag: {
      type: 'string',
      minLength: 1,
      maxLength: 128,
      description:
        'The tag of replication groups with the name of their owner. If it is set, callers read and change only the replication groups of their own owner, and the datastores with these members.',
      examples: ['team'],
    },
    OwnerClaim: {
      type: 'string',
      minLength: 1,
      description:
        'The claim of a token with the owner that its bearer acts for, or with a list of them. By default the name in OwnerTag.',
      examples: ['custom:team'],
    },
    Owners: {
      type: 'object',
      additionalProperties: { type: 'string', minLength: 1, maxLength: 256 },
      description:
        'The owner that an IAM identity acts for, by the ARN of the user or of the assumed role without its session. `*` acts for all owners. A list is needed because API Gateway passes no session tags to a function.',
      examples: [
        {
          'arn:aws:sts::123456789012:assumed-role/Orders': 'orders',
          'arn:aws:sts::123456789012:assumed-role/BreakGlass': '*',
        },
      ],
    },
  },
  dependentRequired: {
    OwnerClaim: ['OwnerTag'],
    Owners: ['OwnerTag'],
    FailoverOverrideCallers: ['FailoverMaxLagSeconds'],
  },
  additionalProperties: false,
} as const;

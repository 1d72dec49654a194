/** What an organisation may rule beyond what AWS does. Each rule counts only where it is set. */
export const policySchema = {
  type: 'object',
  properties: {
    Regions: {
      type: 'array',
      minItems: 1,
      items: { type: 'string', pattern: '^[a-z]{2}(-[a-z]+)+-[0-9]$' },
      description: 'The only regions in which a primary or a secondary may be. A failover may go to any member.',
      examples: [['us-east-1', 'eu-west-1']],
    },
    SuffixPattern: {
      type: 'string',
      format: 'regex',
      description: 'What the suffix of a new datastore must match: a regular expression of ECMAScript.',
      examples: ['^[a-z]+-(dev|prod)$'],
    },
    NodeFamilies: {
      type: 'array',
      minItems: 1,
      items: { type: 'string', pattern: '^[a-z0-9]+$' },
      description: 'The only families of node types: of the primary of a new datastore, and of a change.',
      examples: [['r7g', 'm7g']],
    },
    MaxDatastores: {
      type: 'integer',
      minimum: 1,
      description:
        'How many datastores there may be; with OwnerTag, how many of each owner. Counted before a create: two at the same time may both be let through.',
      examples: [20],
    },
    FailoverCooldownMinutes: {
      type: 'integer',
      minimum: 1,
      description: 'How many minutes after a failover of a datastore the next one may be asked for.',
      examples: [30],
    },
    FailoverReasonRequired: {
      type: 'boolean',
      description: 'Whether a failover has to say its Reason, which goes to the log.',
    },
    OwnerTag: {
      type: 'string',
      minLength: 1,
      maxLength: 128,
      description:
        'The tag of replication groups that names their owner. With it a caller sees and changes only what is his: the replication groups with his name in this tag, and the datastores they are members of.',
      examples: ['team'],
    },
    OwnerClaim: {
      type: 'string',
      minLength: 1,
      description: 'The claim of a token that names the owner that its bearer speaks for; as OwnerTag, unless told.',
      examples: ['custom:team'],
    },
    Owners: {
      type: 'object',
      additionalProperties: { type: 'string', minLength: 1, maxLength: 256 },
      description:
        'The owner that an IAM identity speaks for: by the ARN of the user, or of the assumed role without its session. `*` speaks for all of them. API Gateway tells a function no session tags, hence the list.',
      examples: [
        {
          'arn:aws:sts::123456789012:assumed-role/Orders': 'orders',
          'arn:aws:sts::123456789012:assumed-role/BreakGlass': '*',
        },
      ],
    },
  },
  dependentRequired: { OwnerClaim: ['OwnerTag'], Owners: ['OwnerTag'] },
  additionalProperties: false,
} as const;

// Included by serverless.yml. osls loads CommonJS modules only.

const functionsOf = require('./functionsOf.cjs');

/**
 * Encrypts the log groups, the functions and the executions with the KMS key of the stack's region, and allows the roles to use it.
 * replicas.cjs does it for the table. Without a key, returns nothing.
 */
module.exports = async ({ resolveVariable, resolveConfigurationProperty }) => {
  const keys = JSON.parse(await resolveVariable('param:kmsKeys'));
  const key = keys[await resolveVariable('aws:region')];
  if (!key) return {};
  const functions = await functionsOf(resolveConfigurationProperty);
  const { Resources: roles } = await resolveVariable('file(infrastructure/roles.yml)');
  return {
    extensions: Object.fromEntries([
      ['HttpApiLogGroup', { Properties: { KmsKeyId: key } }],
      ...functions.flatMap((definition) => extensionsOf(definition, key)),
    ]),
    Resources: {
      FunctionKeyPolicy: policy('DecryptFunctions', Object.keys(roles), decryptFunctions(key)),
      TableKeyPolicy: policy('EncryptRecords', rolesThatAllow(roles, /^dynamodb:/), encryptRecords(key)),
      ExecutionKeyPolicy: policy(
        'EncryptExecutions',
        rolesThatAllow(roles, /^lambda:/),
        encryptExecutions(Object.values(keys)),
      ),
    },
  };
};

/** Returns the extensions of a function and its log group. An extension replaces a property as a whole. */
const extensionsOf = ([name, { durableConfig }], key) => {
  const id = name.charAt(0).toUpperCase() + name.slice(1); // the prefix of the logical ids that osls generates
  const DurableConfig = durableConfig && {
    ExecutionTimeout: durableConfig.executionTimeout,
    RetentionPeriodInDays: durableConfig.retentionPeriodInDays,
    KMSKeyArn: key,
  };
  return [
    [`${id}LogGroup`, { Properties: { KmsKeyId: key } }],
    [`${id}LambdaFunction`, { Properties: { KmsKeyArn: key, ...(DurableConfig && { DurableConfig }) } }],
  ];
};

/** Returns the ids of the roles with an allowed action of this form. */
const rolesThatAllow = (roles, form) =>
  Object.keys(roles).filter((id) =>
    roles[id].Properties.Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
      .filter(({ Effect }) => Effect === 'Allow')
      .some(({ Action }) => [Action].flat().some((action) => form.test(action))),
  );

const policy = (PolicyName, roles, statement) => ({
  Type: 'AWS::IAM::Policy',
  Properties: {
    PolicyName,
    PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] },
    Roles: roles.map((Ref) => ({ Ref })),
  },
});

/** The environment variables of a function (Lambda developer guide). */
const decryptFunctions = (Resource) => ({ Action: 'kms:Decrypt', Resource });

/**
 * Items of the table. unverified: the DynamoDB developer guide names these actions for the identity that creates the table; it does not say which
 * of them a read or a write of an item needs.
 */
const encryptRecords = (Resource) => ({
  Action: [
    'kms:Decrypt',
    'kms:DescribeKey',
    'kms:Encrypt',
    'kms:GenerateDataKey',
    'kms:ReEncryptFrom',
    'kms:ReEncryptTo',
  ],
  Resource,
  // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation replaces the variable
  Condition: { StringLike: { 'kms:ViaService': { 'Fn::Sub': 'dynamodb.*.${AWS::URLSuffix}' } } },
});

/**
 * Input, checkpoints and results of executions, also of those that the API of another region runs. unverified: the Lambda developer
 * guide says that only authorized principals read them, and that a key is in the region of its function.
 */
const encryptExecutions = (Resource) => ({ Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource });

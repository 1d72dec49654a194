import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { build } from '../../build.ts';
import { config } from '../../src/config.ts';
import type { Route } from '../../src/schemas/route.ts';
import { routes as ourRoutes } from '../../src/schemas/routes.ts';

interface Resource {
  Type: string;
  Properties: ReturnType<typeof JSON.parse>;
}

interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: unknown;
  Condition?: object;
}

const routes: Readonly<Record<string, Route>> = ourRoutes;
const names = [...Object.keys(routes), 'notFound'];

const folder = await mkdtemp(join(tmpdir(), 'package-'));
afterAll(() => rm(folder, { recursive: true }));

await build();
const iam = await packageStack('iam');
const jwt = await packageStack('jwt', ['--param', 'auth=jwt', '--param', 'jwtIssuer=https://issuer.example']);

/** Packages the stack, without an account or credentials. Returns the resources of its template by their ids. */
async function packageStack(name: string, options: string[] = []): Promise<[string, Resource][]> {
  const outputFolder = join(folder, name);
  const env = { PATH: process.env.PATH, HOME: folder, SLS_TELEMETRY_DISABLED: '1' };
  await promisify(execFile)('node_modules/.bin/serverless', ['package', '--package', outputFolder, ...options], {
    env,
  });
  const template = JSON.parse(await readFile(join(outputFolder, 'cloudformation-template-update-stack.json'), 'utf8'));
  return Object.entries(template.Resources);
}

const resourcesOfType = (resources: [string, Resource][], type: string) =>
  resources.filter(([, { Type }]) => Type === type);

/** The functions by the names of their handlers, in the order of the template. */
const functions = new Map(
  resourcesOfType(iam, 'AWS::Lambda::Function').map(([id, { Properties }]) => [
    String(Properties.Handler).replace(/^dist\/(\w+)\.handler$/, '$1'),
    { id, ...Properties },
  ]),
);

const statementsOf = (role: Resource): Statement[] =>
  role.Properties.Policies.flatMap(
    ({ PolicyDocument }: { PolicyDocument: { Statement: Statement[] } }) => PolicyDocument.Statement,
  );
const roles = resourcesOfType(iam, 'AWS::IAM::Role');
const statements = roles.flatMap(([, role]) => statementsOf(role));
const actionsIn = (statements: Statement[]) => [...new Set(statements.flatMap(({ Action }) => Action))].sort();
const elasticache = (action: string) => `elasticache:${action}`;

describe('the functions', () => {
  it('are one for each route, in the order of the routes, and notFound', () => {
    const served = [...functions.keys()].filter((name) => names.includes(name));

    expect(served).toEqual(names);
  });

  it.each([...functions])('%s runs on Node 24 and arm64 and times out before the gateway', (_, properties) => {
    expect(properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] });
    expect(properties.Timeout).toBeLessThan(30);
  });

  it.each([...names, 'reconcile'])('%s has only its bundle in its zip', async (name) => {
    const files = listZip(await readFile(join(folder, 'iam', `${name}.zip`)));
    const kinds = files.map((file) => file.replace(`dist/${name}.`, '').replace(/^[0-9a-f]{12}\./, ''));

    expect(kinds.filter((kind) => !kind.endsWith('.cache')).sort()).toEqual(['js', 'mjs']);
  });

  it.each([...functions])('%s has a key of Markers that callers do not know', (_, { Environment }) => {
    expect(Environment.Variables.MARKER_KEY).toEqual({ Ref: 'AWS::StackId' });
  });

  it('have no other zip files', async () => {
    const zips = (await readdir(join(folder, 'iam'))).filter((file) => file.endsWith('.zip'));

    expect(zips.sort()).toEqual([...functions.keys()].map((name) => `${name}.zip`).sort());
  });
});

/** Returns the key, the function and the authorization of each route of the gateway. */
function gatewayRoutesOf(resources: [string, Resource][]) {
  const integrations = new Map(
    resourcesOfType(resources, 'AWS::ApiGatewayV2::Integration').map(([id, { Properties }]) => [
      id,
      Properties.IntegrationUri['Fn::GetAtt'][0],
    ]),
  );
  return resourcesOfType(resources, 'AWS::ApiGatewayV2::Route').map(([, { Properties }]) => ({
    key: Properties.RouteKey as string,
    target: integrations.get(Properties.Target['Fn::Join'][1][1].Ref),
    authorization: Properties.AuthorizationType ?? 'NONE',
    authorizer: Properties.AuthorizerId,
  }));
}

describe('the routes of the gateway', () => {
  it.each(Object.entries(routes))('lead to %s', (name, { method, path }) => {
    const keys = gatewayRoutesOf(iam)
      .filter(({ target }) => target === functions.get(name)?.id)
      .map(({ key }) => key);

    expect(keys).toEqual(method === 'GET' ? [`GET ${path}`, `HEAD ${path}`] : [`${method} ${path}`]);
  });

  it('lead to notFound by default', () => {
    expect(gatewayRoutesOf(iam)).toContainEqual(
      expect.objectContaining({ key: '$default', target: functions.get('notFound')?.id }),
    );
  });

  it('require SigV4, except for /health', () => {
    for (const { key, authorization } of gatewayRoutesOf(iam)) {
      expect([key, authorization]).toEqual([key, key.endsWith(' /health') ? 'NONE' : 'AWS_IAM']);
    }
    expect(resourcesOfType(iam, 'AWS::ApiGatewayV2::Authorizer')).toEqual([]);
  });

  it('require a token of the issuer with auth=jwt, except for /health', () => {
    const [[id, { Properties }] = ['', { Properties: {} }]] = resourcesOfType(jwt, 'AWS::ApiGatewayV2::Authorizer');

    expect(Properties).toMatchObject({
      AuthorizerType: 'JWT',
      JwtConfiguration: { Issuer: 'https://issuer.example', Audience: [expect.any(String)] },
    });
    for (const { key, authorization, authorizer } of gatewayRoutesOf(jwt)) {
      const expected = key.endsWith(' /health') ? [key, 'NONE', undefined] : [key, 'JWT', { Ref: id }];
      expect([key, authorization, authorizer]).toEqual(expected);
    }
  });
});

/** Returns an action with the actions that it needs: tagging a new group, and reading the owner's tag. */
const withImpliedActions = (action: string): string[] => [
  action,
  'ListTagsForResource', // with DescribeReplicationGroups the owner of a datastore, for a policy with owners
  'DescribeReplicationGroups',
  ...(action === 'CreateReplicationGroup' ? ['AddTagsToResource'] : []),
];

describe('the roles', () => {
  it.each(roles.filter(([id]) => id !== 'ReconcileRole'))(
    '%s allows the ElastiCache actions that its routes call and no others',
    (id, role) => {
      const routesOfRole = Object.entries(routes).filter(([name]) => functions.get(name)?.Role['Fn::GetAtt'][0] === id);
      const called = new Set(
        routesOfRole.flatMap(([, { awsActions, optionalAwsActions = [] }]) =>
          [...awsActions, ...optionalAwsActions].flatMap(withImpliedActions).map(elasticache),
        ),
      );

      const allowed = actionsIn(statementsOf(role)).filter((action) => action.startsWith('elasticache:'));

      expect(allowed).toEqual([...called].sort());
    },
  );

  it.each([...functions])('include the role of %s', (_, { Role }) => {
    expect(roles.map(([id]) => id)).toContain(Role['Fn::GetAtt'][0]);
  });

  it('name every action in full', () => {
    expect(actionsIn(statements).filter((action) => /\*/.test(action))).toEqual([]);
    expect(statements.every(({ Effect }) => Effect === 'Allow')).toBe(true);
  });

  it('do not allow the deletion of a replication group', () => {
    expect(actionsIn(statements)).not.toContain('elasticache:DeleteReplicationGroup');
  });

  it('name global datastores by ARNs without a region', () => {
    const arns = JSON.stringify(statements).match(/arn:[^"]*:globalreplicationgroup:[^"]*/g) ?? [];

    expect(arns).not.toEqual([]);
    expect(
      arns.filter((arn) => !/^arn:[^"]+:elasticache::\$\{AWS::AccountId\}:globalreplicationgroup:\*$/.test(arn)),
    ).toEqual([]);
  });

  it('allow a create on the datastore and on its primary', () => {
    const resources = statements.filter(({ Action }) =>
      [Action].flat().includes(elasticache('CreateGlobalReplicationGroup')),
    );

    expect(JSON.stringify(resources)).toContain(':globalreplicationgroup:*');
    expect(JSON.stringify(resources)).toContain(':replicationgroup:*');
  });
});

describe('the durable function', () => {
  const { id, ...properties } = functions.get('reconcile') ?? { id: '' };
  /** The function in every region, because the API may run in two. */
  const functionArn = `arn:\${AWS::Partition}:lambda:*:\${AWS::AccountId}:function:${properties.FunctionName}`;
  const arn = { 'Fn::Sub': functionArn };
  const executions = { 'Fn::Sub': `${functionArn}:*/durable-execution/*/*` };
  const lambdaRightsOf = (role: string) =>
    Object.fromEntries(
      statementsOf(roles.find(([name]) => name === role)?.[1] as Resource)
        .flatMap(({ Action, Resource }) => [Action].flat().map((action) => [action, Resource] as const))
        .filter(([action]) => action.startsWith('lambda:')),
    );

  it('keeps executions for 30 days and times out after a run and its teardown', () => {
    const { ExecutionTimeout, RetentionPeriodInDays } = properties.DurableConfig;
    const lastLooksMs = 2 * (config.reconcileTimeoutMs + config.reconcileIntervalSeconds * 1_000);

    expect(RetentionPeriodInDays).toBe(30);
    expect(ExecutionTimeout * 1_000).toBe(config.executionTimeoutMs);
    expect(config.operationTimeoutMs + config.teardownTimeoutMs + lastLooksMs).toBeLessThan(ExecutionTimeout * 1_000);
  });

  it('has a longer timeout than one reconciliation', () => {
    expect(config.reconcileTimeoutMs).toBeLessThan(functions.get('reconcile')?.Timeout * 1000);
  });

  it('has an alias `durable` on a retained version', () => {
    const aliases = resourcesOfType(iam, 'AWS::Lambda::Alias').map(([, { Properties }]) => Properties);
    const versions = resourcesOfType(iam, 'AWS::Lambda::Version').filter(
      ([, { Properties }]) => Properties.FunctionName.Ref === id,
    );

    expect(versions).toMatchObject([[expect.any(String), { DeletionPolicy: 'Retain' }]]);
    expect(aliases).toEqual([
      { Name: 'durable', FunctionName: { Ref: id }, FunctionVersion: { 'Fn::GetAtt': [versions[0]?.[0], 'Version'] } },
    ]);
  });

  it('has a role that no other function has', () => {
    const users = [...functions].filter(([, { Role }]) => Role['Fn::GetAtt'][0] === 'ReconcileRole');

    expect(users.map(([name]) => name)).toEqual(['reconcile']);
  });

  it('may checkpoint its own executions and change members, but not create a datastore', () => {
    const ownExecutions = `arn:\${AWS::Partition}:lambda:\${AWS::Region}:\${AWS::AccountId}:function:${properties.FunctionName}:*/durable-execution/*/*`;

    expect(lambdaRightsOf('ReconcileRole')).toEqual({
      'lambda:CheckpointDurableExecution': { 'Fn::Sub': ownExecutions },
      'lambda:GetDurableExecutionState': { 'Fn::Sub': ownExecutions },
    });
    expect(actionsIn(statementsOf(roles.find(([name]) => name === 'ReconcileRole')?.[1] as Resource))).toEqual([
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
      'elasticache:AddTagsToResource',
      'elasticache:CreateReplicationGroup',
      'elasticache:DeleteGlobalReplicationGroup',
      'elasticache:DescribeCacheParameterGroups',
      'elasticache:DescribeGlobalReplicationGroups',
      'elasticache:DescribeReplicationGroups',
      'elasticache:DisassociateGlobalReplicationGroup',
      'elasticache:FailoverGlobalReplicationGroup',
      'lambda:CheckpointDurableExecution',
      'lambda:GetDurableExecutionState',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
    ]);
  });

  const starting = {
    'lambda:InvokeFunction': { 'Fn::Sub': `\${${id}.Arn}:durable` },
    'lambda:ListDurableExecutionsByFunction': arn,
    'lambda:GetDurableExecution': executions,
    'lambda:StopDurableExecution': executions,
  };
  const following = {
    'lambda:ListDurableExecutionsByFunction': arn,
    'lambda:GetDurableExecution': executions,
    'lambda:GetDurableExecutionHistory': executions,
  };

  it.each([
    ['createGlobalDatastore', starting],
    ['deleteGlobalDatastore', starting],
    ['applyTopology', starting],
    ['getOperation', following],
    ['listOperations', following],
    ['cancelOperation', { ...following, 'lambda:StopDurableExecution': executions }],
  ])('grants %s only the rights that it needs', (name, rights) => {
    expect(lambdaRightsOf(functions.get(name)?.Role['Fn::GetAtt'][0])).toEqual(rights);
  });

  it('grants no rights to other functions', () => {
    const rolesWithRights = roles
      .filter(([role]) => Object.keys(lambdaRightsOf(role)).length > 0)
      .map(([role]) => role);
    const users = [...functions].filter(([, { Role }]) => rolesWithRights.includes(Role['Fn::GetAtt'][0]));

    expect(users.map(([name]) => name).sort()).toEqual([
      'applyTopology',
      'cancelOperation',
      'createGlobalDatastore',
      'deleteGlobalDatastore',
      'getOperation',
      'listOperations',
      'reconcile',
    ]);
    for (const [name, { Environment }] of users) {
      expect([name, Environment.Variables.RECONCILE_FUNCTION]).toEqual([name, properties.FunctionName]);
    }
  });
});

describe('the table', () => {
  const tableActionsIn = (statements: Statement[]) =>
    actionsIn(statements).filter((action) => action.startsWith('dynamodb:'));
  const isOnOwners = ({ Condition }: Statement) => JSON.stringify(Condition ?? {}).includes('["OWNER#*"]');
  const roleOf = (name: string) => roles.find(([id]) => id === functions.get(name)?.Role['Fn::GetAtt'][0]);
  const table = (resources: [string, Resource][]) => resourcesOfType(resources, 'AWS::DynamoDB::Table')[0]?.[1];

  it.each(Object.entries(routes))('allows %s only the actions that its route needs', (name, { headers = [] }) => {
    const [, role] = roleOf(name) ?? [];

    const allowed = role ? tableActionsIn(statementsOf(role).filter((statement) => !isOnOwners(statement))) : undefined;

    const recordActions = headers.includes('Idempotency-Key') ? ['GetItem', 'PutItem', 'UpdateItem', 'Query'] : [];
    const needed = name === 'getAudit' ? ['Query'] : recordActions;
    expect(allowed?.sort()).toEqual(needed.map((action) => `dynamodb:${action}`).sort());
  });

  it('allows every role that calls ElastiCache to read and cache owners', () => {
    for (const [id, role] of roles.filter(([id]) => !['LogWriterRole', 'ReconcileRole', 'AuditorRole'].includes(id))) {
      const [first, ...others] = statementsOf(role).filter(isOnOwners);
      expect([id, first?.Action, others]).toEqual([id, ['dynamodb:GetItem', 'dynamodb:PutItem'], []]);
    }
  });

  it('does not allow the deletion of items or the update of audit entries', () => {
    const tableStatements = statements.filter(({ Action }) => tableActionsIn([{ Action } as Statement]).length > 0);

    expect(tableActionsIn(tableStatements)).not.toContain('dynamodb:DeleteItem');
    for (const { Action, Condition } of tableStatements as (Statement & { Condition: object })[]) {
      const keys = JSON.stringify(Condition);
      expect(keys).toContain('dynamodb:LeadingKeys');
      if (keys.includes('AUDIT#')) expect([Action].flat()).not.toContain('dynamodb:UpdateItem');
    }
  });

  it('is encrypted, has point-in-time recovery and deletes expired items', () => {
    expect(table(iam)?.Properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      SSESpecification: { SSEEnabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
    });
  });

  it('is retained and protected from deletion in prod', async () => {
    const prod = table(await packageStack('prod', ['--stage', 'prod']));

    expect(prod).toMatchObject({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: { DeletionProtectionEnabled: true },
    });
    expect(table(iam)).toMatchObject({ DeletionPolicy: 'Delete', Properties: { DeletionProtectionEnabled: false } });
  });
});

describe('the alarms', () => {
  const alarms = new Map(
    resourcesOfType(iam, 'AWS::CloudWatch::Alarm').map(([id, { Properties }]) => [id, Properties]),
  );

  it.each([...functions])('include one for %s on its errors and throttles', (_, { id }) => {
    const { Metrics } = alarms.get(id.replace('LambdaFunction', 'Alarm'));
    const metrics = Metrics.flatMap(({ MetricStat }: { MetricStat?: { Metric: object } }) => MetricStat?.Metric ?? []);

    expect(metrics).toEqual(
      ['Errors', 'Throttles'].map((MetricName) => ({
        Namespace: 'AWS/Lambda',
        MetricName,
        Dimensions: [{ Name: 'FunctionName', Value: { Ref: id } }],
      })),
    );
  });

  it('include one on the rate of 5xx responses and one on the table', () => {
    expect(alarms.size).toBe(functions.size + 2);
    expect(alarms.get('ServerErrorsAlarm').Metrics[1].MetricStat.Metric).toMatchObject({
      Namespace: 'AWS/ApiGateway',
      MetricName: '5xx',
    });
  });

  it('treat missing data as healthy and notify the topic of the parameter', () => {
    for (const { TreatMissingData, AlarmActions } of alarms.values()) {
      expect(TreatMissingData).toBe('notBreaching');
      expect(AlarmActions).toEqual({ 'Fn::If': ['HasAlarmTopic', [''], { Ref: 'AWS::NoValue' }] });
    }
  });

  it('use the metric namespace in which the functions count table errors', () => {
    const { TABLE_NAME } = functions.get('addMember')?.Environment.Variables ?? {};

    expect(alarms.get('TableErrorsAlarm')).toMatchObject({ Namespace: TABLE_NAME, MetricName: 'TableErrors' });
  });
});

describe('the logs', () => {
  it('have a retention time in every log group', () => {
    const groups = resourcesOfType(iam, 'AWS::Logs::LogGroup');

    expect(groups.length).toBeGreaterThan(functions.size);
    for (const [id, { Properties }] of groups) expect([id, Properties.RetentionInDays]).toEqual([id, 30]);
  });
});

/** Returns the names of the files in a zip, from its central directory. */
function listZip(zip: Buffer): string[] {
  const names: string[] = [];
  const header = Buffer.from('504b0102', 'hex');
  for (let at = zip.indexOf(header); at >= 0; at = zip.indexOf(header, at + 46)) {
    names.push(zip.toString('utf8', at + 46, at + 46 + zip.readUInt16LE(at + 28)));
  }
  return names;
}

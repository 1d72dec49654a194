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
const iam = await packaged('iam');
const jwt = await packaged('jwt', ['--param', 'auth=jwt', '--param', 'jwtIssuer=https://issuer.example']);

/** What would be deployed: the resources of the template, by their ids. Takes no account and no credentials. */
async function packaged(name: string, more: string[] = []): Promise<[string, Resource][]> {
  const into = join(folder, name);
  const env = { PATH: process.env.PATH, HOME: folder, SLS_TELEMETRY_DISABLED: '1' };
  await promisify(execFile)('node_modules/.bin/serverless', ['package', '--package', into, ...more], { env });
  const template = JSON.parse(await readFile(join(into, 'cloudformation-template-update-stack.json'), 'utf8'));
  return Object.entries(template.Resources);
}

const ofType = (resources: [string, Resource][], type: string) => resources.filter(([, { Type }]) => Type === type);

/** The functions, by the names of their handlers, in the order of the template. */
const functions = new Map(
  ofType(iam, 'AWS::Lambda::Function').map(([id, { Properties }]) => [
    String(Properties.Handler).replace(/^dist\/(\w+)\.handler$/, '$1'),
    { id, ...Properties },
  ]),
);

const statementsOf = (role: Resource): Statement[] =>
  role.Properties.Policies.flatMap(
    ({ PolicyDocument }: { PolicyDocument: { Statement: Statement[] } }) => PolicyDocument.Statement,
  );
const roles = ofType(iam, 'AWS::IAM::Role');
const statements = roles.flatMap(([, role]) => statementsOf(role));
const actionsIn = (among: Statement[]) => [...new Set(among.flatMap(({ Action }) => Action))].sort();
const elasticache = (action: string) => `elasticache:${action}`;

describe('the functions', () => {
  it('are one for each route, in the order of the routes, and one for all else', () => {
    const served = [...functions.keys()].filter((name) => names.includes(name));

    expect(served).toEqual(names);
  });

  it.each([...functions])('%s runs on Node 24 and arm64, and no longer than the gateway waits', (_, properties) => {
    expect(properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] });
    expect(properties.Timeout).toBeLessThan(30);
  });

  it.each([...names, 'reconcile'])('%s has nothing but its bundle in its zip', async (name) => {
    const files = filesIn(await readFile(join(folder, 'iam', `${name}.zip`)));
    const kinds = files.map((file) => file.replace(`dist/${name}.`, '').replace(/^[0-9a-f]{12}\./, ''));

    expect(kinds.filter((kind) => !kind.endsWith('.cache')).sort()).toEqual(['js', 'mjs']);
  });

  it('have no zip more', async () => {
    const zips = (await readdir(join(folder, 'iam'))).filter((file) => file.endsWith('.zip'));

    expect(zips.sort()).toEqual([...functions.keys()].map((name) => `${name}.zip`).sort());
  });
});

/** Each route of the gateway: its key, the function behind it, and how it is authorised. */
function gatewayRoutes(resources: [string, Resource][]) {
  const integrations = new Map(
    ofType(resources, 'AWS::ApiGatewayV2::Integration').map(([id, { Properties }]) => [
      id,
      Properties.IntegrationUri['Fn::GetAtt'][0],
    ]),
  );
  return ofType(resources, 'AWS::ApiGatewayV2::Route').map(([, { Properties }]) => ({
    key: Properties.RouteKey as string,
    target: integrations.get(Properties.Target['Fn::Join'][1][1].Ref),
    authorization: Properties.AuthorizationType ?? 'NONE',
    authorizer: Properties.AuthorizerId,
  }));
}

describe('the routes of the gateway', () => {
  it.each(Object.entries(routes))('lead to %s', (name, { method, path }) => {
    const keys = gatewayRoutes(iam)
      .filter(({ target }) => target === functions.get(name)?.id)
      .map(({ key }) => key);

    expect(keys).toEqual(method === 'GET' ? [`GET ${path}`, `HEAD ${path}`] : [`${method} ${path}`]);
  });

  it('lead to notFound from everywhere else', () => {
    expect(gatewayRoutes(iam)).toContainEqual(
      expect.objectContaining({ key: '$default', target: functions.get('notFound')?.id }),
    );
  });

  it('take signed requests only, but for the health', () => {
    for (const { key, authorization } of gatewayRoutes(iam)) {
      expect([key, authorization]).toEqual([key, key.endsWith(' /health') ? 'NONE' : 'AWS_IAM']);
    }
    expect(ofType(iam, 'AWS::ApiGatewayV2::Authorizer')).toEqual([]);
  });

  it('take tokens of the issuer only, but for the health, when packaged for JWT', () => {
    const [[id, { Properties }] = ['', { Properties: {} }]] = ofType(jwt, 'AWS::ApiGatewayV2::Authorizer');

    expect(Properties).toMatchObject({
      AuthorizerType: 'JWT',
      JwtConfiguration: { Issuer: 'https://issuer.example', Audience: [expect.any(String)] },
    });
    for (const { key, authorization, authorizer } of gatewayRoutes(jwt)) {
      const wanted = key.endsWith(' /health') ? [key, 'NONE', undefined] : [key, 'JWT', { Ref: id }];
      expect([key, authorization, authorizer]).toEqual(wanted);
    }
  });
});

/** What is called along with an action: a new group gets tags, and where owners count, their tag is read before all else. */
const withImplied = (action: string): string[] => [
  action,
  'ListTagsForResource',
  ...(action === 'CreateReplicationGroup' ? ['AddTagsToResource'] : []),
];

describe('the roles', () => {
  it.each(roles.filter(([id]) => id !== 'ReconcileRole'))(
    '%s may call what its routes call, and nothing else of ElastiCache',
    (id, role) => {
      const served = Object.entries(routes).filter(([name]) => functions.get(name)?.Role['Fn::GetAtt'][0] === id);
      const called = new Set(
        served.flatMap(([, { awsActions, optionalAwsActions = [] }]) =>
          [...awsActions, ...optionalAwsActions].flatMap(withImplied).map(elasticache),
        ),
      );

      const allowed = actionsIn(statementsOf(role)).filter((action) => action.startsWith('elasticache:'));

      expect(allowed).toEqual([...called].sort());
    },
  );

  it.each([...functions])('are there: that of %s', (_, { Role }) => {
    expect(roles.map(([id]) => id)).toContain(Role['Fn::GetAtt'][0]);
  });

  it('allow actions by their full names', () => {
    expect(actionsIn(statements).filter((action) => /\*/.test(action))).toEqual([]);
    expect(statements.every(({ Effect }) => Effect === 'Allow')).toBe(true);
  });

  it('let nobody delete a replication group', () => {
    expect(actionsIn(statements)).not.toContain('elasticache:DeleteReplicationGroup');
  });

  it('name global datastores without a region', () => {
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
  const arn = { 'Fn::GetAtt': [id, 'Arn'] };
  const runs = { 'Fn::Sub': `\${${id}.Arn}:*/durable-execution/*/*` };
  const rightsOn = (role: string) =>
    Object.fromEntries(
      statementsOf(roles.find(([name]) => name === role)?.[1] as Resource)
        .flatMap(({ Action, Resource }) => [Action].flat().map((action) => [action, Resource] as const))
        .filter(([action]) => action.startsWith('lambda:')),
    );

  it('remembers its runs for 30 days, and lets one take longer than it gives itself', () => {
    expect(properties).toMatchObject({ DurableConfig: { ExecutionTimeout: 18_000, RetentionPeriodInDays: 30 } });
    expect(config.operationTimeoutMs).toBeLessThan(18_000_000);
  });

  it('looks no longer than its function runs', () => {
    expect(config.reconcileTimeoutMs).toBeLessThan(functions.get('reconcile')?.Timeout * 1000);
  });

  it('has the alias that it is called by, on a version that is kept', () => {
    const aliases = ofType(iam, 'AWS::Lambda::Alias').map(([, { Properties }]) => Properties);
    const versions = ofType(iam, 'AWS::Lambda::Version').filter(
      ([, { Properties }]) => Properties.FunctionName.Ref === id,
    );

    expect(versions).toMatchObject([[expect.any(String), { DeletionPolicy: 'Retain' }]]);
    expect(aliases).toEqual([
      { Name: 'durable', FunctionName: { Ref: id }, FunctionVersion: { 'Fn::GetAtt': [versions[0]?.[0], 'Version'] } },
    ]);
  });

  it('has no role but its own, and nobody else has that', () => {
    const users = [...functions].filter(([, { Role }]) => Role['Fn::GetAtt'][0] === 'ReconcileRole');

    expect(users.map(([name]) => name)).toEqual(['reconcile']);
  });

  it('may keep the state of its own runs, and change members, but make no datastore', () => {
    const own = `arn:\${AWS::Partition}:lambda:\${AWS::Region}:\${AWS::AccountId}:function:${properties.FunctionName}:*/durable-execution/*/*`;

    expect(rightsOn('ReconcileRole')).toEqual({
      'lambda:CheckpointDurableExecution': { 'Fn::Sub': own },
      'lambda:GetDurableExecutionState': { 'Fn::Sub': own },
    });
    expect(actionsIn(statementsOf(roles.find(([name]) => name === 'ReconcileRole')?.[1] as Resource))).toEqual([
      'dynamodb:GetItem',
      'dynamodb:PutItem',
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
    'lambda:GetDurableExecution': runs,
    'lambda:StopDurableExecution': runs,
  };
  const following = {
    'lambda:ListDurableExecutionsByFunction': arn,
    'lambda:GetDurableExecution': runs,
    'lambda:GetDurableExecutionHistory': runs,
  };

  it.each([
    ['createGlobalDatastore', starting],
    ['deleteGlobalDatastore', starting],
    ['applyTopology', starting],
    ['getOperation', following],
    ['listOperations', following],
    ['cancelOperation', { ...following, 'lambda:StopDurableExecution': runs }],
  ])('is started, read and stopped by %s with these rights and no others', (name, rights) => {
    expect(rightsOn(functions.get(name)?.Role['Fn::GetAtt'][0])).toEqual(rights);
  });

  it('is of no concern to any other function', () => {
    const concerned = roles.filter(([role]) => Object.keys(rightsOn(role)).length > 0).map(([role]) => role);
    const users = [...functions].filter(([, { Role }]) => concerned.includes(Role['Fn::GetAtt'][0]));

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
  const ofTable = (among: Statement[]) => actionsIn(among).filter((action) => action.startsWith('dynamodb:'));
  const ofOwners = ({ Condition }: Statement) => JSON.stringify(Condition ?? {}).includes('["OWNER#*"]');
  const roleOf = (name: string) => roles.find(([id]) => id === functions.get(name)?.Role['Fn::GetAtt'][0]);
  const table = (resources: [string, Resource][]) => ofType(resources, 'AWS::DynamoDB::Table')[0]?.[1];

  it.each(Object.entries(routes))('is open to %s only as far as its route needs it', (name, { headers = [] }) => {
    const [, role] = roleOf(name) ?? [];

    const allowed = role ? ofTable(statementsOf(role).filter((statement) => !ofOwners(statement))) : undefined;

    const kept = headers.includes('Idempotency-Key') ? ['GetItem', 'PutItem', 'UpdateItem'] : [];
    const needed = name === 'getAudit' ? ['Query'] : kept;
    expect(allowed).toEqual(needed.map((action) => `dynamodb:${action}`));
  });

  it('tells whose something is, and that alone, to whoever reads of ElastiCache', () => {
    for (const [id, role] of roles.filter(([id]) => !['LogWriterRole', 'ReconcileRole'].includes(id))) {
      const [first, ...more] = statementsOf(role).filter(ofOwners);
      expect([id, first?.Action, more]).toEqual([id, ['dynamodb:GetItem', 'dynamodb:PutItem'], []]);
    }
  });

  it('lets nobody delete an item, or alter an audit entry', () => {
    const known = statements.filter(({ Action }) => ofTable([{ Action } as Statement]).length > 0);

    expect(ofTable(known)).not.toContain('dynamodb:DeleteItem');
    for (const { Action, Condition } of known as (Statement & { Condition: object })[]) {
      const keys = JSON.stringify(Condition);
      expect(keys).toContain('dynamodb:LeadingKeys');
      if (keys.includes('AUDIT#')) expect([Action].flat()).not.toContain('dynamodb:UpdateItem');
    }
  });

  it('is encrypted, can be restored to any moment, and forgets what has expired', () => {
    expect(table(iam)?.Properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      SSESpecification: { SSEEnabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
    });
  });

  it('stays when the stack of prod goes, and cannot be deleted by mistake', async () => {
    const prod = table(await packaged('prod', ['--stage', 'prod']));

    expect(prod).toMatchObject({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: { DeletionProtectionEnabled: true },
    });
    expect(table(iam)).toMatchObject({ DeletionPolicy: 'Delete', Properties: { DeletionProtectionEnabled: false } });
  });
});

describe('the alarms', () => {
  const alarms = new Map(ofType(iam, 'AWS::CloudWatch::Alarm').map(([id, { Properties }]) => [id, Properties]));

  it.each([...functions])('has one for %s, on its errors and throttles', (_, { id }) => {
    const { Metrics } = alarms.get(id.replace('LambdaFunction', 'Alarm'));
    const watched = Metrics.flatMap(({ MetricStat }: { MetricStat?: { Metric: object } }) => MetricStat?.Metric ?? []);

    expect(watched).toEqual(
      ['Errors', 'Throttles'].map((MetricName) => ({
        Namespace: 'AWS/Lambda',
        MetricName,
        Dimensions: [{ Name: 'FunctionName', Value: { Ref: id } }],
      })),
    );
  });

  it('has one on the rate of failing answers, and one on the table', () => {
    expect(alarms.size).toBe(functions.size + 2);
    expect(alarms.get('ServerErrorsAlarm').Metrics[1].MetricStat.Metric).toMatchObject({
      Namespace: 'AWS/ApiGateway',
      MetricName: '5xx',
    });
  });

  it('are quiet where nothing is called, and go where the parameter says', () => {
    for (const { TreatMissingData, AlarmActions } of alarms.values()) {
      expect(TreatMissingData).toBe('notBreaching');
      expect(AlarmActions).toEqual({ 'Fn::If': ['HasAlarmTopic', [''], { Ref: 'AWS::NoValue' }] });
    }
  });

  it('look for the table’s trouble where the functions count it', () => {
    const { TABLE_NAME } = functions.get('addMember')?.Environment.Variables ?? {};

    expect(alarms.get('TableErrorsAlarm')).toMatchObject({ Namespace: TABLE_NAME, MetricName: 'TableErrors' });
  });
});

describe('the logs', () => {
  it('are kept for a time that is named, by every group', () => {
    const groups = ofType(iam, 'AWS::Logs::LogGroup');

    expect(groups.length).toBeGreaterThan(functions.size);
    for (const [id, { Properties }] of groups) expect([id, Properties.RetentionInDays]).toEqual([id, 30]);
  });
});

/** The names of the files in a zip, from its central directory. */
function filesIn(zip: Buffer): string[] {
  const found: string[] = [];
  const header = Buffer.from('504b0102', 'hex');
  for (let at = zip.indexOf(header); at >= 0; at = zip.indexOf(header, at + 46)) {
    found.push(zip.toString('utf8', at + 46, at + 46 + zip.readUInt16LE(at + 28)));
  }
  return found;
}

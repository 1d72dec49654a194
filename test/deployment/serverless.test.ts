import { readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { config } from '../../src/config.ts';
import type { Route } from '../../src/schemas/route.ts';
import { routes as ourRoutes } from '../../src/schemas/routes.ts';
import { readEnvironment } from '../../tools/deploy/environment.ts';
import { environmentSchema } from '../../tools/deploy/environmentSchema.ts';
import { optionsOf } from '../../tools/deploy/parameters.ts';
import {
  buildBundles,
  packageFolder,
  packageTemplate,
  type Resource,
  type Statement,
  statementsOf,
  type Template,
} from '../support/stack.ts';

const routes: Readonly<Record<string, Route>> = ourRoutes;
const names = [...Object.keys(routes), 'notFound'];

await buildBundles();
const iam = await packageStack('iam');
const jwt = await packageStack('jwt', ['--param', 'auth=jwt', '--param', 'jwtIssuer=https://issuer.example']);
const both = await packageStack('both', ['--param', 'auth=iam+jwt', '--param', 'jwtIssuer=https://issuer.example']);

/** Packages the stack. Returns the resources of its template by their ids. */
async function packageStack(name: string, options: string[] = []): Promise<[string, Resource][]> {
  return Object.entries((await packageTemplate(name, options)).Resources);
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

const roles = resourcesOfType(iam, 'AWS::IAM::Role');
const allowedBy = (role: Resource) => statementsOf(role).filter(({ Effect }) => Effect === 'Allow');
const statements = roles.flatMap(([, role]) => allowedBy(role));
const actionsIn = (statements: Statement[]) => [...new Set(statements.flatMap(({ Action }) => Action))].sort();
const elasticache = (action: string) => `elasticache:${action}`;

describe('the code caches', () => {
  it('that V8 does not accept are counted for each function of a route', () => {
    const filters = resourcesOfType(iam, 'AWS::Logs::MetricFilter');

    expect(filters).toHaveLength(names.length);
    for (const [, { Properties }] of filters) {
      expect(Properties.FilterPattern).toBe('{ $.message = "no code cache" }');
      expect(iam.find(([id]) => id === (Properties.LogGroupName as { Ref: string }).Ref)?.[1].Type).toBe(
        'AWS::Logs::LogGroup',
      );
    }
  });

  it('stay valid: AWS changes Node only with a deployment', () => {
    for (const { RuntimeManagementConfig } of functions.values())
      expect(RuntimeManagementConfig).toEqual({ UpdateRuntimeOn: 'FunctionUpdate' });
  });
});

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
    const files = listZip(await readFile(join(packageFolder, 'iam', `${name}.zip`)));
    const kinds = files.map((file) => file.replace(`dist/${name}.`, '').replace(/^[0-9a-f]{12}\./, ''));

    expect(kinds.filter((kind) => !kind.endsWith('.cache')).sort()).toEqual(['js', 'mjs']);
  });

  it.each([...functions])('%s has a key of Markers that callers cannot read', (_, { Environment }) => {
    expect(Environment.Variables.MARKER_KEY).toEqual({ Ref: 'AWS::StackId' });
  });

  it('have no other zip files', async () => {
    const zips = (await readdir(join(packageFolder, 'iam'))).filter((file) => file.endsWith('.zip'));

    expect(zips.sort()).toEqual([...functions.keys()].map((name) => `${name}.zip`).sort());
  });
});

/** Returns the key, the function, the authorization and the API of each route of the gateway. */
function gatewayRoutesOf(resources: [string, Resource][], api = 'HttpApi') {
  const integrations = new Map(
    resourcesOfType(resources, 'AWS::ApiGatewayV2::Integration').map(([id, { Properties }]) => [
      id,
      Properties.IntegrationUri['Fn::GetAtt'][0],
    ]),
  );
  return resourcesOfType(resources, 'AWS::ApiGatewayV2::Route')
    .filter(([, { Properties }]) => Properties.ApiId.Ref === api)
    .map(([, { Properties }]) => ({
      key: Properties.RouteKey as string,
      target: integrations.get(integrationOf(Properties.Target)),
      authorization: Properties.AuthorizationType ?? 'NONE',
      authorizer: Properties.AuthorizerId,
      scopes: Properties.AuthorizationScopes as string[] | undefined,
    }));
}

/** Returns the id of an integration in the target of a route: `Fn::Join` from osls, `Fn::Sub` from our own template. */
const integrationOf = ({ 'Fn::Join': join, 'Fn::Sub': text = '' }: ReturnType<typeof JSON.parse>): string =>
  join ? join[1][1].Ref : text.replace(/^integrations\/\$\{(\w+)\}$/, '$1');

const isOpen = (key: string) => / \/(health|ready)$/.test(key);
const [[jwtId, { Properties: jwtAuthorizer }] = ['', { Properties: {} }]] = resourcesOfType(
  jwt,
  'AWS::ApiGatewayV2::Authorizer',
);

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

  it('require SigV4, except for /health and /ready', () => {
    for (const { key, authorization } of gatewayRoutesOf(iam)) {
      expect([key, authorization]).toEqual([key, isOpen(key) ? 'NONE' : 'AWS_IAM']);
    }
    expect(resourcesOfType(iam, 'AWS::ApiGatewayV2::Authorizer')).toEqual([]);
  });

  it('require a token of the issuer with auth=jwt, except for /health and /ready', () => {
    expect(jwtAuthorizer).toMatchObject({
      AuthorizerType: 'JWT',
      JwtConfiguration: { Issuer: 'https://issuer.example', Audience: [expect.any(String)] },
    });
    for (const { key, authorization, authorizer } of gatewayRoutesOf(jwt)) {
      const expected = isOpen(key) ? [key, 'NONE', undefined] : [key, 'JWT', { Ref: jwtId }];
      expect([key, authorization, authorizer]).toEqual(expected);
    }
  });

  it('need no authorization exactly if they are unauthenticated in the contract', () => {
    const open = Object.values(routes).filter(({ unauthenticated }) => unauthenticated);

    expect(open.map(({ path }) => path)).toEqual(['/health', '/ready']);
  });
});

/** The policies of callers in docs/operations.md, each with the resources that it adds to the policy before it. */
const callerPolicies = readFileSync('docs/operations.md', 'utf8')
  .split('\n')
  .flatMap((line) => [...line.matchAll(/^\| (viewer|operator|break-glass) \|(.*)\|$/g)])
  .map(([, name = '', text = '']) => ({
    name,
    resources: [...text.matchAll(/`API\/([^`]+)`/g)].map(([, path]) => `${path}`),
  }));

/** Returns the policies that allow a route: the first one with its resource, and those after it, which include it. */
function policiesFor(key: string): string[] {
  const resource = key === '$default' ? 'GET/any' : key.replace(' ', '').replace(/\{\w+\}/g, 'x');
  const allows = (pattern: string) => new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(resource);
  const first = callerPolicies.findIndex(({ resources }) => resources.some(allows));
  return callerPolicies.slice(first).map(({ name }) => name);
}

describe('the scopes of tokens', () => {
  it('are the policies of IAM callers in docs/operations.md', () => {
    expect(callerPolicies.map(({ name }) => name)).toEqual(['viewer', 'operator', 'break-glass']);
  });

  it.each(gatewayRoutesOf(jwt).filter(({ key }) => !isOpen(key)))(
    'allow $key to the same callers as these policies',
    ({ key, scopes }) => {
      expect(scopes).toEqual(policiesFor(key));
    },
  );
});

describe('with auth=iam+jwt', () => {
  const withoutAuthorizer = ({ key, target }: ReturnType<typeof gatewayRoutesOf>[number]) => ({ key, target });

  it('the API for tokens is that of auth=jwt', () => {
    expect(gatewayRoutesOf(both)).toEqual(gatewayRoutesOf(jwt));
  });

  it('a second API has the same routes, for signatures', () => {
    const signed = gatewayRoutesOf(both, 'SignedHttpApi');

    expect(signed.map(withoutAuthorizer)).toEqual(expect.arrayContaining(gatewayRoutesOf(jwt).map(withoutAuthorizer)));
    expect(signed).toHaveLength(gatewayRoutesOf(jwt).length);
    for (const { key, authorization } of signed)
      expect([key, authorization]).toEqual([key, isOpen(key) ? 'NONE' : 'AWS_IAM']);
  });

  it('the second API may invoke each function of a route', () => {
    const invokers = resourcesOfType(both, 'AWS::Lambda::Permission').filter(([, { Properties }]) =>
      JSON.stringify(Properties.SourceArn).includes('SignedHttpApi'),
    );

    expect(invokers.map(([, { Properties }]) => Properties.FunctionName['Fn::GetAtt'][0]).sort()).toEqual(
      names.map((name) => functions.get(name)?.id).sort(),
    );
  });

  it('both stages have the same limits and the same access log', () => {
    const [first, second] = resourcesOfType(both, 'AWS::ApiGatewayV2::Stage').map(([, { Properties }]) => {
      const { ApiId: _, Tags: __, ...settings } = Properties;
      return settings;
    });

    expect(second).toEqual(first);
  });
});

describe('the stage', () => {
  const stages = iam.flatMap(([id, resource]) => (id === 'HttpApiStage' ? [resource] : []));
  const { Properties, DependsOn } = stages[0] as Resource & { DependsOn: string[] };

  it('writes no variable to the access log that a header of a request sets', () => {
    const variables = [...Properties.AccessLogSettings.Format.matchAll(/\$context\.([\w.]+)/g)].map(([, name]) => name);

    // API Gateway or IAM sets these, and IAM allows no quotes in the names of identities. The same must hold for a further one.
    expect(variables).toEqual([
      'requestId',
      'routeKey',
      'status',
      'responseLatency',
      'integrationErrorMessage',
      'identity.userArn',
      'identity.sourceIp',
    ]);
    expect(JSON.parse(Properties.AccessLogSettings.Format)).toBeTypeOf('object');
  });

  it('has a limit of its own for each route without authorization, below that of the others', () => {
    const open = gatewayRoutesOf(iam).filter(({ key }) => isOpen(key));

    expect(Object.keys(Properties.RouteSettings).sort()).toEqual(open.map(({ key }) => key).sort());
    for (const { ThrottlingRateLimit } of Object.values<typeof Properties>(Properties.RouteSettings)) {
      expect(ThrottlingRateLimit).toBeLessThan(Properties.DefaultRouteSettings.ThrottlingRateLimit);
    }
  });

  it('has no metrics by route, because each is a custom metric with its own price', () => {
    expect(JSON.stringify(Properties)).not.toContain('DetailedMetricsEnabled":true');
  });

  it('is created after the routes that it has settings for', () => {
    const keys = DependsOn.map((id) => iam.find(([name]) => name === id)?.[1].Properties.RouteKey).filter(Boolean);

    expect(keys).toEqual(Object.keys(Properties.RouteSettings));
  });
});

/** Returns an action with the actions that it needs to tag a new group, and to read the owner of a datastore. */
const withImpliedActions = (action: string, { unauthenticated }: Route): string[] => [
  action,
  ...(unauthenticated ? [] : ['ListTagsForResource', 'DescribeReplicationGroups']), // for a policy with owners
  ...(action === 'CreateReplicationGroup' ? ['AddTagsToResource'] : []),
];

describe('the roles', () => {
  it.each(roles.filter(([id]) => id !== 'ReconcileRole'))(
    '%s allows the ElastiCache actions that its routes call and no others',
    (id, role) => {
      const routesOfRole = Object.entries(routes).filter(([name]) => functions.get(name)?.Role['Fn::GetAtt'][0] === id);
      const called = new Set(
        routesOfRole.flatMap(([, route]) =>
          [...route.awsActions, ...(route.optionalAwsActions ?? [])]
            .flatMap((action) => withImpliedActions(action, route))
            .map(elasticache),
        ),
      );

      const allowed = actionsIn(allowedBy(role)).filter((action) => action.startsWith('elasticache:'));

      expect(allowed).toEqual([...called].sort());
    },
  );

  it.each([...functions])('include the role of %s', (_, { Role }) => {
    expect(roles.map(([id]) => id)).toContain(Role['Fn::GetAtt'][0]);
  });

  it('name every action in full', () => {
    expect(actionsIn(statements).filter((action) => /\*/.test(action))).toEqual([]);
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

  it.each(['kms:CreateGrant', 'kms:DescribeKey'])(
    'allow %s only to ElastiCache in the name of a function',
    (action) => {
      const found = statements.filter(({ Action }) => [Action].flat().includes(action));

      expect(found).toHaveLength(2); // for a member that a caller adds, and for one that an operation adds
      for (const { Condition } of found)
        expect(Condition).toEqual({
          StringLike: {
            'kms:ViaService': ['elasticache', 'dax'].map((service) => ({
              'Fn::Sub': `${service}.*.\${AWS::URLSuffix}`,
            })),
          },
          ...(action === 'kms:CreateGrant' && { Bool: { 'kms:GrantIsForAWSResource': true } }),
        });
    },
  );

  it('allow to read secrets to the functions whose requests name one, and only those of the parameter', () => {
    const secrets = {
      'Fn::Sub': `arn:\${AWS::Partition}:secretsmanager:*:\${AWS::AccountId}:secret:elasticache/*`,
    };
    const reading = roles.filter(([, role]) => actionsIn(allowedBy(role)).includes('secretsmanager:GetSecretValue'));
    const rights = reading.flatMap(([, role]) => allowedBy(role));
    const found = rights.filter(({ Action }) => [Action].flat().includes('secretsmanager:GetSecretValue'));
    const decrypting = rights.filter(({ Action }) => [Action].flat().includes('kms:Decrypt'));
    const naming = Object.entries(routes).filter(([, { body }]) =>
      JSON.stringify(body ?? {}).includes(':secretsmanager:'),
    );

    expect(reading.map(([id]) => id).sort()).toEqual(
      [...new Set([...naming.map(([name]) => functions.get(name)?.Role['Fn::GetAtt'][0]), 'ReconcileRole'])].sort(),
    );
    expect(found.map(({ Resource }) => Resource)).toEqual(found.map(() => secrets));
    expect(decrypting.map(({ Condition }) => Condition?.StringLike?.['kms:EncryptionContext:SecretARN'])).toEqual(
      decrypting.map(() => secrets),
    );
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
  /** The ARN of the function in every region, because the API may run in two. */
  const functionArn = `arn:\${AWS::Partition}:lambda:*:\${AWS::AccountId}:function:${properties.FunctionName}`;
  const arn = { 'Fn::Sub': functionArn };
  const executions = { 'Fn::Sub': `${functionArn}:*/durable-execution/*/*` };
  const lambdaRightsOf = (role: string) =>
    Object.fromEntries(
      allowedBy(roles.find(([name]) => name === role)?.[1] as Resource)
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

  const starting = {
    'lambda:InvokeFunction': { 'Fn::Sub': `\${${id}.Arn}:durable` },
    'lambda:ListDurableExecutionsByFunction': arn,
    'lambda:GetDurableExecution': executions,
    'lambda:StopDurableExecution': executions,
  };

  it('may checkpoint its own executions and change members, but not create a datastore', () => {
    const ownExecutions = `arn:\${AWS::Partition}:lambda:\${AWS::Region}:\${AWS::AccountId}:function:${properties.FunctionName}:*/durable-execution/*/*`;

    expect(lambdaRightsOf('ReconcileRole')).toEqual({
      'lambda:CheckpointDurableExecution': { 'Fn::Sub': ownExecutions },
      'lambda:GetDurableExecutionState': { 'Fn::Sub': ownExecutions },
      ...starting,
      'lambda:InvokeFunction': {
        'Fn::Sub': `arn:\${AWS::Partition}:lambda:\${AWS::Region}:\${AWS::AccountId}:function:${properties.FunctionName}:durable`,
      },
    });
    expect(actionsIn(allowedBy(roles.find(([name]) => name === 'ReconcileRole')?.[1] as Resource))).toEqual([
      'cloudwatch:GetMetricData',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
      'elasticache:AddTagsToResource',
      'elasticache:CreateReplicationGroup',
      'elasticache:DecreaseReplicaCount',
      'elasticache:DeleteGlobalReplicationGroup',
      'elasticache:DescribeCacheClusters',
      'elasticache:DescribeCacheParameterGroups',
      'elasticache:DescribeGlobalReplicationGroups',
      'elasticache:DescribeReplicationGroups',
      'elasticache:DisassociateGlobalReplicationGroup',
      'elasticache:FailoverGlobalReplicationGroup',
      'elasticache:IncreaseReplicaCount',
      'elasticache:ListTagsForResource',
      'elasticache:ModifyReplicationGroup',
      'elasticache:RemoveTagsFromResource',
      'firehose:TagDeliveryStream',
      'iam:CreateServiceLinkedRole',
      'kms:CreateGrant',
      'kms:Decrypt',
      'kms:DescribeKey',
      'lambda:CheckpointDurableExecution',
      'lambda:GetDurableExecution',
      'lambda:GetDurableExecutionState',
      'lambda:InvokeFunction',
      'lambda:ListDurableExecutionsByFunction',
      'lambda:StopDurableExecution',
      'logs:CreateLogDelivery',
      'logs:CreateLogStream',
      'logs:DeleteLogDelivery',
      'logs:DescribeLogGroups',
      'logs:DescribeResourcePolicies',
      'logs:GetLogDelivery',
      'logs:ListLogDeliveries',
      'logs:PutLogEvents',
      'logs:PutResourcePolicy',
      'logs:UpdateLogDelivery',
      'secretsmanager:GetSecretValue',
    ]);
  });

  const following = {
    'lambda:ListDurableExecutionsByFunction': arn,
    'lambda:GetDurableExecution': executions,
    'lambda:GetDurableExecutionHistory': executions,
  };

  it.each([
    ['createGlobalDatastore', starting],
    ['deleteGlobalDatastore', starting],
    ['applyTopology', starting],
    ['startDrill', starting],
    ['listDrills', { 'lambda:ListDurableExecutionsByFunction': arn, 'lambda:GetDurableExecution': executions }],
    ['startEvacuation', starting],
    ['getEvacuation', following],
    ['getOperation', following],
    ['listOperations', following],
    [
      'cancelOperation',
      {
        ...following,
        'lambda:StopDurableExecution': executions,
        'lambda:SendDurableExecutionCallbackSuccess': { 'Fn::Sub': `${arn['Fn::Sub']}:*` },
      },
    ],
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
      'getEvacuation',
      'getOperation',
      'listDrills',
      'listOperations',
      'reconcile',
      'rotateAuthToken',
      'startDrill',
      'startEvacuation',
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
  const table = (resources: [string, Resource][]) => resourcesOfType(resources, 'AWS::DynamoDB::GlobalTable')[0]?.[1];

  it.each(Object.entries(routes))('allows %s only the actions that its route needs', (name, { headers = [] }) => {
    const [, role] = roleOf(name) ?? [];

    const allowed = role ? tableActionsIn(allowedBy(role).filter((statement) => !isOnOwners(statement))) : undefined;

    const recordActions = headers.includes('Idempotency-Key') ? ['GetItem', 'PutItem', 'UpdateItem', 'Query'] : [];
    const needed = { getAudit: ['Query'], listDrills: ['Query'], getReady: ['GetItem'] }[name] ?? recordActions;
    expect(allowed?.sort()).toEqual(needed.map((action) => `dynamodb:${action}`).sort());
  });

  it('allows every role that calls ElastiCache to read and cache owners', () => {
    const without = ['LogWriterRole', 'ReadinessRole', 'ReconcileRole', 'AuditorRole', 'DrillReaderRole'];
    for (const [id, role] of roles.filter(([id]) => !without.includes(id))) {
      const [first, ...others] = allowedBy(role).filter(isOnOwners);
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

  const partiQl = ['Insert', 'Update', 'Delete'].map((verb) => `dynamodb:PartiQL${verb}`);

  it.each(roles)('denies %s every action that could change an audit entry, except a put', (_, role) => {
    const denied = statementsOf(role).filter(({ Effect }) => Effect === 'Deny');

    expect(denied).toEqual([
      {
        Effect: 'Deny',
        Action: ['Update', 'Delete', 'BatchWrite'].map((verb) => `dynamodb:${verb}Item`).concat(partiQl),
        Resource: { 'Fn::Sub': expect.stringMatching(/:table\/global-datastore-api-dev$/) },
        Condition: { 'ForAnyValue:StringLike': { 'dynamodb:LeadingKeys': ['AUDIT#*'] } },
      },
    ]);
  });

  it('is encrypted, has point-in-time recovery and deletes expired items', () => {
    expect(table(iam)?.Properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      SSESpecification: { SSEEnabled: true },
      Replicas: [{ PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }],
      TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
    });
  });

  it('has one replica, and is removed with the stack, by default', () => {
    expect(table(iam)).toMatchObject({
      DeletionPolicy: 'Delete',
      Properties: { Replicas: [{ Region: 'us-east-1' }] },
    });
  });
});

/** The environment in docs/operations.md: two regions, protected. */
const documented = await (async () => {
  const folder = join(packageFolder, 'environments');
  const docs = await readFile('docs/operations.md', 'utf8');
  await mkdir(folder);
  await writeFile(join(folder, 'prod.yml'), /```yaml\n(# environments\/prod\.yml\n[^`]+)```/.exec(docs)?.[1] ?? '');
  return readEnvironment('prod', folder);
})();

describe('the members of an environment', () => {
  const members = Object.keys(environmentSchema.properties);
  const { params } = parse(readFileSync('serverless.yml', 'utf8'), { logLevel: 'error' });

  it('are in a table of the documentation', () => {
    const [, section = ''] = readFileSync('docs/operations.md', 'utf8').split('### Environments');
    const [table = ''] = section.split('\n### ');

    expect(members.filter((name) => !table.includes(`\`${name}\``))).toEqual([]);
  });

  it('set each parameter of the stack and no other', () => {
    const everything = Object.fromEntries(members.map((name) => [name, { 'us-east-1': 'x' }]));
    const environment = { ...everything, apiRegions: ['us-east-1'], regions: ['us-east-1'] };
    const set = optionsOf('dev', environment, 'us-east-1').flatMap((option) => /^(\w+)=/.exec(option)?.[1] ?? []);

    expect(set.sort()).toEqual(
      [...Object.keys(params.default), 'concurrency', 'deploymentBucket'].filter((name) => name !== 'bundles').sort(),
    );
  });

  it('have the schema that editors read', () => {
    const { $schema: _, ...published } = JSON.parse(readFileSync('environments/schema.json', 'utf8'));

    expect(published).toEqual(environmentSchema);
  });
});

describe('the two stacks of two regions', async () => {
  const stacks: Template[] = [];
  for (const region of documented.apiRegions)
    stacks.push(await packageTemplate(`region${stacks.length}`, optionsOf('prod', documented, region)));
  const tables = stacks.map(({ Resources }) => Resources.Table);

  it('create one table, in the first stack, with a replica in both regions', () => {
    expect(tables[1]).toBeUndefined();
    expect(tables[0]?.Properties.Replicas.map(({ Region }: { Region: string }) => Region)).toEqual([
      'us-east-1',
      'eu-west-1',
    ]);
    expect(tables[0]?.Properties.StreamSpecification).toBeDefined(); // replication needs it
  });

  it('use the same table and have the same regions', () => {
    const [first, second] = stacks.map(
      ({ Resources }) => Resources.AddMemberLambdaFunction?.Properties.Environment.Variables,
    );

    expect(second).toEqual(first);
    expect(first.API_REGIONS).toBe('us-east-1,eu-west-1');
  });

  it('have roles that name the table by its ARN, since only one stack has it', () => {
    for (const { Resources } of stacks)
      expect(JSON.stringify(Object.values(Resources))).not.toMatch(/"Table"|Table\.Arn/);
  });

  it('keep the table and the log groups, unless the deployment that creates them fails', () => {
    const retained = [
      tables[0],
      ...stacks.flatMap(({ Resources }) =>
        Object.values(Resources).filter(({ Type }) => Type === 'AWS::Logs::LogGroup'),
      ),
    ];

    expect(retained).toHaveLength(1 + 2 * (functions.size + 1));
    for (const resource of retained)
      expect(resource).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
  });

  it('have a table that a rollback can delete', () => {
    for (const replica of tables[0]?.Properties.Replicas ?? [undefined])
      expect(replica).not.toHaveProperty('DeletionProtectionEnabled');
  });

  it('have the domain with the certificate of their region', () => {
    const domains = stacks.map(({ Resources }) => Resources.Domain?.Properties);

    expect(new Set(domains.map(({ DomainName }) => DomainName))).toEqual(new Set(['datastores.example.com']));
    expect(domains.map(({ DomainNameConfigurations: [{ CertificateArn }] }) => CertificateArn.split(':')[3])).toEqual([
      'us-east-1',
      'eu-west-1',
    ]);
    for (const { Resources } of stacks)
      expect(Resources.DomainMapping?.Properties).toMatchObject({
        ApiId: { Ref: 'HttpApi' },
        DomainName: { Ref: 'Domain' },
        Stage: { Ref: 'HttpApiStage' },
      });
  });
});

it('has a URL of its own region, whatever domain a caller uses', () => {
  for (const [, { Environment }] of functions)
    expect(Environment.Variables.REGIONAL_URL).toEqual({
      'Fn::Sub': `https://\${HttpApi}.execute-api.\${AWS::Region}.\${AWS::URLSuffix}`,
    });
});

it('has the alarms whose cost the docs state', () => {
  const alarms = resourcesOfType(iam, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties);
  const metrics = alarms.reduce(
    (sum, { Metrics = [{ MetricStat: {} }] }) => sum + Metrics.filter((one: object) => 'MetricStat' in one).length,
    0,
  );
  const cost = (metrics / 10).toFixed(2);

  expect(readFileSync('docs/operations.md', 'utf8')).toContain(
    `The ${alarms.length} alarms of the default template read ${metrics} metrics: $${cost}.`,
  );
});

describe('the reserved concurrency', async () => {
  const { Resources } = await packageTemplate('reserved', ['--param', 'concurrency=5']);
  const reserved = (resources: Iterable<Resource>) =>
    [...resources].filter(({ Properties }) => Properties.ReservedConcurrentExecutions === 5);

  it('is off by default', () => {
    for (const properties of functions.values()) expect(properties).not.toHaveProperty('ReservedConcurrentExecutions');
  });

  it('never limits a failover', () => {
    expect(reserved(Object.values(Resources)).length).toBeGreaterThan(5);
    expect(Resources.FailoverGlobalDatastoreLambdaFunction?.Properties).not.toHaveProperty(
      'ReservedConcurrentExecutions',
    );
  });
});

describe('traces', () => {
  it('are not sent by default', () => {
    for (const [, { TracingConfig }] of functions) expect(TracingConfig).toEqual({ Mode: 'PassThrough' });
    expect(resourcesOfType(iam, 'AWS::IAM::Policy')).toEqual([]);
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

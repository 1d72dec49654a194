import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readEnvironment } from '../../tools/deploy/environment.ts';
import { environmentSchema } from '../../tools/deploy/environmentSchema.ts';
import { optionsOf } from '../../tools/deploy/parameters.ts';
import { buildBundles, packageFolder, packageTemplate, type Resource, type Template } from '../support/stack.ts';

const boundary = 'arn:aws:iam::123456789012:policy/Boundary';
const tags = { 'cost-center': '42', team: 'data, platform' };
const firstKey = 'arn:aws:kms:us-east-1:123456789012:key/mrk-1234abcd12ab34cd56ef1234567890ab';
const secondKey = 'arn:aws:kms:eu-west-1:123456789012:key/mrk-1234abcd12ab34cd56ef1234567890ab';
const topic = 'arn:aws:sns:us-east-1:123456789012:alarms';
const certificate = 'arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012';

/** An environment with every member, each with a value other than its default. */
const everything = {
  apiRegions: ['us-east-1', 'eu-west-1'],
  regions: ['us-east-1', 'eu-west-1', 'ap-south-1'],
  protected: true,
  policy: { OwnerTag: 'team' },
  auth: 'iam+jwt',
  jwtIssuer: 'https://issuer.example',
  jwtAudience: 'datastores',
  jwtScopePrefix: 'datastores/',
  apiUrls: { 'us-east-1': 'https://use1.example.com', 'eu-west-1': 'https://euw1.example.com' },
  console: true,
  signInClientId: 'web',
  signInScopes: 'openid datastores/viewer',
  signInOrigins: 'https://login.example',
  domain: 'datastores.example.com',
  certificates: { 'us-east-1': certificate, 'eu-west-1': certificate.replace('us-east-1', 'eu-west-1') },
  alarmTopics: { 'us-east-1': topic },
  kmsKeys: { 'us-east-1': firstKey, 'eu-west-1': secondKey },
  tableName: 'datastores',
  authTokenSecrets: 'datastores/*',
  logDays: 365,
  rate: 20,
  burst: 40,
  memory: 1024,
  architecture: 'x86_64',
  tracing: 'Active',
  concurrency: 5,
  permissionsBoundary: boundary,
  rolePath: '/platform/',
  tags,
  deploymentBuckets: { 'us-east-1': 'packages-of-the-platform' },
};

await buildBundles();
const environments = join(packageFolder, 'environments');
await mkdir(environments);

/** Packages the stack of an environment, as `npm run deploy` does. */
async function packageEnvironment(name: string, environment: object, region = 'us-east-1'): Promise<Template> {
  await writeFile(join(environments, `${name}.yml`), JSON.stringify(environment));
  return packageTemplate(`${name}-${region}`, optionsOf(name, readEnvironment(name, environments), region));
}

const templates = {
  'plain-us-east-1': await packageEnvironment('plain', { apiRegions: ['us-east-1'] }),
  'guarded-us-east-1': await packageEnvironment('guarded', { apiRegions: ['us-east-1'], protected: true }),
  'zone-us-east-1': await packageEnvironment('zone', everything),
  'zone-eu-west-1': await packageEnvironment('zone', everything, 'eu-west-1'),
};
const { 'plain-us-east-1': plain, 'guarded-us-east-1': guarded, 'zone-us-east-1': zone } = templates;

const ofType = ({ Resources }: Template, type: string): Resource[] =>
  Object.values(Resources).filter(({ Type }) => Type === type);
const propertiesOf = (template: Template, type: string) => ofType(template, type).map(({ Properties }) => Properties);

/** Returns the settings of the stack itself, which are not in its template. */
const providerOf = async (name: string) =>
  JSON.parse(await readFile(join(packageFolder, name, 'serverless-state.json'), 'utf8')).service.provider;

/** The templates that cfn-lint checks, in 12 s each. Together they have all resources of the other templates. */
const linted = ['plain-us-east-1', 'zone-us-east-1'];

/** The findings of cfn-lint in these templates. Undefined if it is not installed. */
const findings = await (async (): Promise<string[] | undefined> => {
  const run = promisify(execFile);
  if (!(await run('cfn-lint', ['--version']).catch(() => undefined))) return undefined;
  const files = linted.map((name) => join(packageFolder, name, 'cloudformation-template-update-stack.json'));
  const { stdout } = await run('cfn-lint', ['--format', 'parseable', ...files]).catch((error) => {
    if (error.stdout) return error; // cfn-lint exits with a code other than 0 if it has findings
    throw error;
  });
  return stdout.split('\n').filter((line: string) => line && !isKnown(line));
})();

it.for(linted)('cfn-lint has no finding in the template %s, where it is installed', (name, context) => {
  if (!findings) context.skip('cfn-lint is not installed');

  expect(findings?.filter((line) => line.includes(`/${name}/`))).toEqual([]);
});

it('have the sizes that the docs state', () => {
  const [small, large] = [plain, zone].map(({ Resources, Outputs }) =>
    [Resources, Outputs].map((part) => Object.keys(part).length),
  );

  expect(readFileSync('docs/operations.md', 'utf8')).toContain(
    `${small?.[0]} resources and ${small?.[1]} outputs; ${large?.[0]} and ${large?.[1]} with every member`,
  );
});

/** Returns whether a finding is a property that the schemas in cfn-lint 1.51 lack. The schemas of awsTables.test.ts have it. */
function isKnown(line: string): boolean {
  return /:E3002:.*'KMSKeyArn' was unexpected/.test(line);
}

describe('the default template', () => {
  it('has nothing that only a member of an environment adds', () => {
    const text = JSON.stringify(plain);

    for (const part of [
      ...['PermissionsBoundary', 'ReservedConcurrentExecutions', 'AlarmActions', 'OKActions', '"Path":"/platform'],
      'Console',
      ...['KmsKeyArn', 'KMSKeyArn', 'KmsKeyId', 'KMSMasterKeyId', 'RetainExceptOnCreate', 'JWT', '"Mode":"Active"'],
    ])
      expect(text).not.toContain(part);
    for (const type of ['AWS::IAM::Policy', 'AWS::ApiGatewayV2::DomainName', 'AWS::ApiGatewayV2::Authorizer'])
      expect(ofType(plain, type)).toEqual([]);
    expect(Object.keys(plain.Outputs)).not.toContain('DomainTarget');
  });

  it('has a table and a bucket of its own, which are deleted with the stack', async () => {
    expect(ofType(plain, 'AWS::S3::Bucket')).toHaveLength(1);
    expect(ofType(plain, 'AWS::DynamoDB::GlobalTable')).toMatchObject([{ DeletionPolicy: 'Delete' }]);
    expect(await providerOf('plain-us-east-1')).toMatchObject({ deletionProtection: false, stackTags: {} });
  });
});

describe('the template of a protected environment', () => {
  const retained = ['AWS::DynamoDB::GlobalTable', 'AWS::Logs::LogGroup'].flatMap((type) => ofType(guarded, type));

  it('keeps the table and all log groups, and the stack itself', async () => {
    expect(retained.length).toBeGreaterThan(20);
    for (const resource of retained)
      expect(resource).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
    expect(await providerOf('guarded-us-east-1')).toMatchObject({ deletionProtection: true });
  });

  it('differs from the default in nothing else', () => {
    const neutral = (template: Template) =>
      JSON.parse(
        JSON.stringify(template)
          .replaceAll(/\b(plain|guarded)\b/g, 'NAME')
          .replaceAll(/"S3Key":"[^"]+"/g, '"S3Key":"KEY"')
          .replaceAll(/LambdaVersion[A-Za-z0-9]+/g, 'LambdaVersion'),
      ).Resources as Template['Resources'];
    const withoutPolicies = ({ Type, Properties }: Resource) => ({ Type, Properties });
    const comparable = (template: Template) =>
      Object.entries(neutral(template)).map(([id, resource]) => [
        id,
        /GlobalTable|LogGroup/.test(resource.Type) ? withoutPolicies(resource) : resource,
      ]);

    expect(comparable(guarded)).toEqual(comparable(plain));
  });
});

describe('the template of an environment with every member', () => {
  const roles = propertiesOf(zone, 'AWS::IAM::Role');
  const functions = propertiesOf(zone, 'AWS::Lambda::Function');

  it('is one with every member of the schema', () => {
    expect(Object.keys(everything).sort()).toEqual(Object.keys(environmentSchema.properties).sort());
  });

  it('has the path and the permissions boundary in every role', () => {
    expect(roles.length).toBeGreaterThan(10);
    for (const role of roles) expect(role).toMatchObject({ Path: '/platform/', PermissionsBoundary: boundary });
  });

  it('creates no bucket and has the tags', async () => {
    expect(Object.values(zone.Resources).filter(({ Type }) => Type.startsWith('AWS::S3'))).toEqual([]);
    expect((await providerOf('zone-us-east-1')).stackTags).toEqual(tags);
  });

  it('has the settings of the functions', () => {
    expect(functions.length).toBeGreaterThan(20);
    for (const properties of functions)
      expect(properties).toMatchObject({
        MemorySize: 1024,
        Architectures: ['x86_64'],
        TracingConfig: { Mode: 'Active' },
        Environment: { Variables: { TABLE_NAME: 'datastores', REGIONS: 'us-east-1,eu-west-1,ap-south-1' } },
      });
    expect(functions.filter(({ ReservedConcurrentExecutions }) => ReservedConcurrentExecutions === 5)).toHaveLength(12);
  });

  it('notifies the topic at the beginning and the end of every alarm', () => {
    const alarms = propertiesOf(zone, 'AWS::CloudWatch::Alarm');

    expect(alarms.length).toBeGreaterThan(50);
    for (const alarm of alarms) expect(alarm).toMatchObject({ AlarmActions: [topic], OKActions: [topic] });
  });

  it('has the domain, the tokens, the limits, the retention and the secrets of the environment', () => {
    expect(propertiesOf(zone, 'AWS::ApiGatewayV2::DomainName')).toMatchObject([
      { DomainName: 'datastores.example.com', DomainNameConfigurations: [{ CertificateArn: certificate }] },
    ]);
    expect(propertiesOf(zone, 'AWS::ApiGatewayV2::Authorizer')).toMatchObject([
      { JwtConfiguration: { Audience: ['datastores'], Issuer: 'https://issuer.example' } },
    ]);
    expect(propertiesOf(zone, 'AWS::ApiGatewayV2::Stage')).toMatchObject(
      Array(2).fill({ DefaultRouteSettings: { ThrottlingRateLimit: '20', ThrottlingBurstLimit: '40' } }),
    );
    for (const group of propertiesOf(zone, 'AWS::Logs::LogGroup')) expect(group.RetentionInDays).toBe(365);
    expect(JSON.stringify(roles)).toContain(':secret:datastores/*');
    expect(JSON.stringify(zone)).toContain('"datastores/viewer"');
  });
});

describe('the console of an environment', () => {
  const routes = Object.values(zone.Resources)
    .filter(({ Type }) => Type === 'AWS::ApiGatewayV2::Route')
    .map(({ Properties }) => Properties)
    .filter(({ Target }) => JSON.stringify(Target).includes('Console'));
  const pages = ['/', '/docs', '/console/{File}'].flatMap((path) => [`GET ${path}`, `HEAD ${path}`]);

  it('is one function without rights to data, and with the sign-in of the environment', () => {
    const { Properties } = zone.Resources.ConsoleLambdaFunction as Resource;

    expect(Properties.Role).toEqual({ 'Fn::GetAtt': ['LogWriterRole', 'Arn'] });
    expect(Properties.Environment.Variables).toMatchObject({
      AUTH: 'iam+jwt',
      ISSUER: 'https://issuer.example',
      AUDIENCE: 'datastores',
      CLIENT_ID: 'web',
      SCOPES: 'openid datastores/viewer',
      ORIGINS: 'https://login.example',
    });
  });

  it('has routes without authorization, only in the API for tokens, with limits of their own', () => {
    expect(routes.map(({ RouteKey }) => RouteKey).sort()).toEqual([...pages].sort());
    for (const { ApiId, AuthorizationType = 'NONE' } of routes)
      expect([ApiId, AuthorizationType]).toEqual([{ Ref: 'HttpApi' }, 'NONE']);
    const [stage, signed] = ['HttpApiStage', 'SignedHttpApiStage'].map((id) => zone.Resources[id]?.Properties);
    for (const page of pages) {
      expect(stage.RouteSettings[page]).toMatchObject({ ThrottlingRateLimit: 20 });
      expect(signed.RouteSettings).not.toHaveProperty([page]);
    }
  });

  it('has a stage that depends on the routes that it limits', () => {
    const { DependsOn } = zone.Resources.HttpApiStage as Resource & { DependsOn: string[] };
    const routeIds = Object.entries(zone.Resources).filter(([, { Properties }]) => routes.includes(Properties));

    expect(DependsOn).toEqual(expect.arrayContaining(routeIds.map(([id]) => id)));
  });
});

describe('the KMS keys of an environment', () => {
  const policies = propertiesOf(zone, 'AWS::IAM::Policy');
  const statementOf = (name: string) =>
    policies.find(({ PolicyName }) => PolicyName === name)?.PolicyDocument.Statement[0];
  const rolesOf = (name: string): string[] =>
    policies.find(({ PolicyName }) => PolicyName === name)?.Roles.map(({ Ref }: { Ref: string }) => Ref);

  it('encrypt each replica of the table with the key of its region', () => {
    expect(propertiesOf(zone, 'AWS::DynamoDB::GlobalTable')).toMatchObject([
      {
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
        Replicas: [
          { Region: 'us-east-1', SSESpecification: { KMSMasterKeyId: firstKey } },
          { Region: 'eu-west-1', SSESpecification: { KMSMasterKeyId: secondKey } },
        ],
      },
    ]);
  });

  it.each([
    ['zone-us-east-1', firstKey],
    ['zone-eu-west-1', secondKey],
  ] as const)('encrypt the logs, the functions and the executions of %s', (name, key) => {
    for (const group of propertiesOf(templates[name], 'AWS::Logs::LogGroup')) expect(group.KmsKeyId).toBe(key);
    for (const { KmsKeyArn } of propertiesOf(templates[name], 'AWS::Lambda::Function')) expect(KmsKeyArn).toBe(key);
    expect(templates[name].Resources.ReconcileLambdaFunction?.Properties.DurableConfig).toEqual({
      ...plain.Resources.ReconcileLambdaFunction?.Properties.DurableConfig,
      KMSKeyArn: key,
    });
  });

  it('are the only keys that their policies name', () => {
    expect(statementOf('DecryptFunctions').Resource).toBe(firstKey);
    expect(statementOf('EncryptRecords').Resource).toBe(firstKey);
    expect(statementOf('EncryptExecutions').Resource).toEqual([firstKey, secondKey]);
  });

  it('can be used by the roles that need them, and by no other', () => {
    const withRight = (form: RegExp) =>
      Object.entries(zone.Resources)
        .filter(([, { Type, Properties }]) => Type === 'AWS::IAM::Role' && form.test(JSON.stringify(Properties)))
        .map(([id]) => id);

    expect(rolesOf('DecryptFunctions').sort()).toEqual(withRight(/./).sort());
    expect(rolesOf('EncryptRecords').sort()).toEqual(withRight(/"dynamodb:(Get|Put)Item"|"dynamodb:Query"/).sort());
    expect(rolesOf('EncryptExecutions').sort()).toEqual(withRight(/"lambda:\w*Durable/).sort());
  });
});

import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { startApi } from '../support/api.ts';
import { createRelay } from '../support/relay.ts';

process.env.LOG = 'on';
const relay = createRelay();
const { call } = await startApi({ relay });
const { handler: getReady } = await import('../../src/handlers/getReady.ts');
const { config } = await import('../../src/config.ts');
const { buildBundles, packageTemplate } = await import('../support/stack.ts');

type Properties = ReturnType<typeof JSON.parse>;

/** A metric with the names of its dimensions, such as `AWS/Lambda Errors FunctionName`. */
type Metric = string;

const topic = 'arn:aws:sns:us-east-1:123456789012:alarms';
await buildBundles();
const { Resources } = await packageTemplate('everything', [
  ...[
    '--param',
    'tracing=Active',
    '--param',
    'auth=iam+jwt',
    '--param',
    'jwtIssuer=https://issuer.example',
    '--param',
    `alarmTopic=${topic}`,
  ],
]);
const resourcesOf = (type: string): [string, Properties][] =>
  Object.entries(Resources).flatMap(([id, { Type, Properties }]) => (Type === type ? [[id, Properties]] : []));
const functions = resourcesOf('AWS::Lambda::Function');
const alarms = new Map(resourcesOf('AWS::CloudWatch::Alarm'));
const namespace: string = functions[0]?.[1].Environment.Variables.TABLE_NAME;

/** The lines that the functions write. */
const lines: Properties[] = [];
const write = process.stdout.write;
const writeError = process.stderr.write;
for (const stream of [process.stdout, process.stderr]) {
  const { write } = stream;
  stream.write = (text: string | Uint8Array, ...rest: unknown[]) => {
    if (String(text).startsWith('{'))
      lines.push(
        ...String(text)
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line)),
      );
    else Reflect.apply(write, stream, [text, ...rest]);
    return true;
  };
}
afterAll(() => {
  process.stdout.write = write;
  process.stderr.write = writeError;
});

/**
 * The metrics that AWS documents, with the dimensions that the stack reads them by:
 * docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html, .../lambda/latest/dg/durable-monitoring.html and
 * .../apigateway/latest/developerguide/http-api-metrics.html.
 */
const documented: readonly Metric[] = [
  ...['Errors', 'Invocations', 'Throttles', 'Duration', 'ConcurrentExecutions'],
  ...['Started', 'Stopped', 'Succeeded', 'Failed', 'TimedOut', 'Operations', 'StorageWrittenBytes', 'Duration'].map(
    (name) => `DurableExecution${name}`,
  ),
]
  .map((name) => `AWS/Lambda ${name} FunctionName`)
  .concat('AWS/Lambda ApproximateRunningDurableExecutionsUtilization ')
  .concat(['4xx', '5xx', 'Count', 'Latency', 'IntegrationLatency'].map((name) => `AWS/ApiGateway ${name} ApiId`));

/** Returns the metrics that an alarm reads. */
const metricsOf = ({ Metrics, ...alarm }: Properties): Properties[] =>
  Metrics?.flatMap(({ MetricStat }: Properties) => MetricStat?.Metric ?? []) ?? [alarm];

const nameOf = ({ Namespace, MetricName, Dimensions = [] }: Properties): Metric =>
  `${Namespace} ${MetricName} ${Dimensions.map(({ Name }: Properties) => Name).join()}`;

/** Returns the metrics in the log, in the namespace of the template. Each value has to be a number. */
function writtenMetrics(): Metric[] {
  const directives = lines.flatMap(({ _aws, ...line }) =>
    (_aws?.CloudWatchMetrics ?? []).map((one: object) => ({ ...one, line })),
  );
  const names = directives.flatMap(({ Namespace, Dimensions, Metrics, line }: Properties) =>
    Metrics.map(({ Name }: Properties) => {
      expect([Name, Namespace, typeof line[Name]]).toEqual([Name, config.table, 'number']);
      return `${namespace} ${Name} ${Dimensions.flat().join()}`;
    }),
  );
  return [...new Set<Metric>(names)].sort();
}

const own = [...alarms.values()].flatMap(metricsOf).filter(({ Namespace }) => Namespace === namespace);

describe('the alarms', () => {
  it('read exactly the metrics that the functions write, by the same dimensions', async () => {
    lines.length = 0;
    await call('GET /ready');
    await relay.refuse();
    await call('POST /global-datastores/ldgnf-orders/failover', { body: { PrimaryRegion: 'us-east-1' } });
    await relay.accept();

    expect(writtenMetrics()).toEqual(own.map(nameOf).sort());
  });

  it.each([...alarms])('%s reads metrics that exist', (_, alarm) => {
    for (const metric of metricsOf(alarm)) expect([...documented, ...own.map(nameOf)]).toContain(nameOf(metric));
  });

  it.each([...alarms])('%s notifies the topic when it begins and when it ends', (_, alarm) => {
    expect(alarm).toMatchObject({ AlarmActions: [topic], OKActions: [topic] });
  });

  it.each([...alarms])('%s names only resources of the stack', (_, alarm) => {
    for (const { Dimensions = [] } of metricsOf(alarm)) {
      for (const { Value } of Dimensions) expect(Resources).toHaveProperty(Value.Ref);
    }
  });

  it.each([...alarms].filter(([, { Metrics }]) => Metrics))('%s uses each of its metrics', (_, { Metrics }) => {
    const [{ Expression }, ...metrics] = Metrics;

    for (const { Id } of metrics) expect(Expression).toMatch(new RegExp(`\\b${Id}\\b`));
  });

  it.each(functions)('include the errors and the rate of throttles of %s', (id) => {
    const name = id.replace('LambdaFunction', '');

    for (const kind of ['Errors', 'Throttles']) {
      const [{ MetricName, Dimensions }] = metricsOf(alarms.get(`${name}${kind}Alarm`));
      expect([MetricName, Dimensions]).toEqual([kind, [{ Name: 'FunctionName', Value: { Ref: id } }]]);
    }
  });

  it('include the server errors of each API', () => {
    const apis = ['ServerErrorsAlarm', 'SignedServerErrorsAlarm'].map((id) => metricsOf(alarms.get(id)));

    expect(apis.flat().map(({ Dimensions: [{ Value }] }) => Value.Ref)).toEqual([
      ...['HttpApi', 'HttpApi'],
      ...['SignedHttpApi', 'SignedHttpApi'],
    ]);
  });

  it('treat missing data as healthy, except those of /ready, which is called each minute', () => {
    const breaching = [...alarms].filter(([, { TreatMissingData }]) => TreatMissingData !== 'notBreaching');

    expect(breaching.map(([id, { TreatMissingData }]) => [id, TreatMissingData])).toEqual([
      ['NotReadyAlarm', 'breaching'],
    ]);
  });

  it('each have a row in the runbook, and no row is without an alarm', () => {
    const ids = functions.map(([id]) => id.replace('LambdaFunction', ''));
    const kindOf = (alarm: string) =>
      ids.some((id) => alarm.startsWith(id)) ? alarm.replace(/^.*(?=Errors|Throttles)/, '*') : alarm;
    const [, section = ''] = readFileSync('docs/operations.md', 'utf8').split('### Alarms\n');
    const [table = ''] = section.split('\n### ');
    const rows = [...table.matchAll(/^\| (`[^|]*Alarm`[^|]*)\|/gm)].flatMap(([, cell = '']) => [
      ...cell.matchAll(/`([^`]+)`/g),
    ]);

    expect(rows.map(([, name]) => name).sort()).toEqual([...new Set([...alarms.keys()].map(kindOf))].sort());
  });
});

describe('the dashboard', () => {
  const [[, { DashboardName, DashboardBody }]] = resourcesOf('AWS::CloudWatch::Dashboard') as [[string, Properties]];
  const { widgets } = JSON.parse(DashboardBody['Fn::Sub']);
  const metrics: Metric[] = widgets.flatMap(({ properties: { metrics = [] } }: Properties) =>
    metrics.map(([Namespace, MetricName, ...dimensions]: unknown[]) =>
      nameOf({ Namespace, MetricName, Dimensions: dimensions.slice(0, -1).length ? [{ Name: dimensions[0] }] : [] }),
    ),
  );

  it('shows metrics that exist, all that the functions write among them', () => {
    expect([...documented, ...own.map(nameOf)]).toEqual(expect.arrayContaining(metrics));
    expect(metrics).toEqual(expect.arrayContaining(own.map(nameOf)));
  });

  it('shows all alarms', () => {
    const [{ properties }] = widgets;

    expect(properties.alarms).toEqual([...alarms.keys()].map((id) => `\${${id}.Arn}`));
  });

  it('names only resources of the stack', () => {
    const names = [...DashboardBody['Fn::Sub'].matchAll(/\$\{([\w:]+)[^}]*\}/g)].map(([, name]) => name);

    for (const name of names.filter((name) => name !== 'AWS::Region')) expect(Resources).toHaveProperty(name);
    expect(new Set(names).size).toBeGreaterThan(alarms.size);
  });

  it('reads the cold starts in the logs of all functions', () => {
    const { query } = widgets.find(({ type }: Properties) => type === 'log').properties;

    for (const [id] of functions) expect(query).toContain(`SOURCE '/aws/lambda/\${${id}}'`);
    expect(query).toContain('ispresent(init_ms)');
  });

  it('has a name of its own in each region', () => {
    expect(DashboardName).toEqual({ 'Fn::Sub': `\${AWS::StackName}-\${AWS::Region}` });
  });
});

describe('with tracing=Active', () => {
  it.each(functions)('%s sends traces', (_, { TracingConfig }) => {
    expect(TracingConfig).toEqual({ Mode: 'Active' });
  });

  it('each role may send traces', () => {
    const [[, { Roles, PolicyDocument }]] = resourcesOf('AWS::IAM::Policy') as [[string, Properties]];

    expect(PolicyDocument.Statement).toEqual([
      { Effect: 'Allow', Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], Resource: '*' },
    ]);
    expect(Roles.map(({ Ref }: Properties) => Ref).sort()).toEqual(
      resourcesOf('AWS::IAM::Role')
        .map(([id]) => id)
        .sort(),
    );
  });
});

describe('GET /ready', () => {
  const [[, schedule]] = resourcesOf('AWS::Events::Rule') as [[string, Properties]];
  const [target] = schedule.Targets;

  it('is called each minute with an event that its function responds to', async () => {
    lines.length = 0;
    const response = await getReady(JSON.parse(target.Input), {
      awsRequestId: 'a',
      getRemainingTimeInMillis: () => 29_000,
    } as never);

    expect(schedule.ScheduleExpression).toBe('rate(1 minute)');
    expect(target.Arn).toEqual({ 'Fn::GetAtt': ['GetReadyLambdaFunction', 'Arn'] });
    expect(response).toMatchObject({ statusCode: 200 });
    expect(lines).toMatchObject([{ message: 'request', route: 'GET /ready', status: 200, Ready: 1 }]);
  });

  it('may be called by its schedule', () => {
    const permissions = resourcesOf('AWS::Lambda::Permission').map(([, permission]) => permission);

    expect(permissions).toContainEqual({
      Action: 'lambda:InvokeFunction',
      FunctionName: target.Arn,
      Principal: 'events.amazonaws.com',
      SourceArn: { 'Fn::GetAtt': ['ReadinessSchedule', 'Arn'] },
    });
  });
});

it('an operation ends long before its execution has the 3,000 operations that Lambda allows', () => {
  const iterations = config.executionTimeoutMs / 1_000 / config.reconcileIntervalSeconds;

  expect(iterations).toBeLessThan(0.8 * 3_000);
});

it('the template stays below the 500 resources that CloudFormation allows', () => {
  expect(Object.keys(Resources).length).toBeLessThan(500);
});

// Included by serverless.yml. osls loads CommonJS modules only.

const functionsOf = require('./functionsOf.cjs');

/** Returns the dashboard of the stack: its alarms, and graphs of the API, functions, operations and the table. */
module.exports = async ({ resolveVariable, resolveConfigurationProperty }) => {
  const functions = (await functionsOf(resolveConfigurationProperty)).map(([name]) => idOf(name));
  const apis = (await resolveVariable('param:auth')) === 'iam+jwt' ? ['HttpApi', 'SignedHttpApi'] : ['HttpApi'];
  const { Resources: alarms } = await resolveVariable('file(infrastructure/alarms.cjs)');
  const own = await resolveVariable('self:custom.table');
  const widgets = [
    { type: 'alarm', properties: { title: 'Alarms', alarms: Object.keys(alarms).map((id) => `\${${id}.Arn}`) } },
    graph(
      'Requests',
      apis.flatMap((api) => ['Count', '4xx', '5xx'].map((name) => ofApi(api, name, 'Sum'))),
    ),
    graph(
      'Latency of the API, ms',
      apis.flatMap((api) => ['p50', 'p99'].map((stat) => ofApi(api, 'Latency', stat))),
    ),
    graph(
      'Duration of functions, p99, ms',
      functions.map((id) => ofFunction(id, 'Duration', 'p99')),
    ),
    graph(
      'Errors of functions',
      functions.map((id) => ofFunction(id, 'Errors', 'Sum')),
    ),
    graph(
      'Throttles of functions',
      functions.map((id) => ofFunction(id, 'Throttles', 'Sum')),
    ),
    graph(
      'Operations',
      executions.map((name) => ofFunction('Reconcile', `DurableExecution${name}`, 'Sum', name)),
    ),
    graph(
      'Table and audit trail',
      ['TableErrors', 'AuditLost'].map((name) => [own, name, { stat: 'Sum' }]),
    ),
    graph('Ready', [[own, 'Ready', { stat: 'Minimum' }]]),
    coldStarts(functions.map((id) => `/aws/lambda/\${${id}LambdaFunction}`)),
    graph('Time until a failover is accepted, p99, ms', [[own, 'FailoverLatency', { stat: 'p99' }]]),
  ];
  const DashboardName = `\${AWS::StackName}-\${AWS::Region}`; // a name is unique in an account, not in a region
  const body = JSON.stringify({ widgets: widgets.map(place) });
  const Properties = { DashboardName: { 'Fn::Sub': DashboardName }, DashboardBody: { 'Fn::Sub': body } };
  return { Resources: { Dashboard: { Type: 'AWS::CloudWatch::Dashboard', Properties } } };
};

const executions = ['Started', 'Succeeded', 'Failed', 'TimedOut', 'Stopped'];

const idOf = (name) => name.charAt(0).toUpperCase() + name.slice(1); // the prefix of the logical ids that osls generates

const ofApi = (api, name, stat) => ['AWS/ApiGateway', name, 'ApiId', `\${${api}}`, { stat, label: `${name} ${stat}` }];

const ofFunction = (id, name, stat, label = id) => [
  ...['AWS/Lambda', name, 'FunctionName', `\${${id}LambdaFunction}`],
  { stat, label },
];

// biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation replaces the variable
const region = '${AWS::Region}';

const graph = (title, metrics) => ({
  type: 'metric',
  properties: { title, region, period: 300, view: 'timeSeries', metrics },
});

/** Returns a list of the first requests of containers, which have the duration of the init (src/observability/initDuration.ts). */
const coldStarts = (logGroups) => ({
  type: 'log',
  properties: {
    title: 'Cold starts: init, ms',
    region,
    view: 'table',
    query: `${logGroups.map((name) => `SOURCE '${name}'`).join(' | ')} | filter ispresent(init_ms) | stats count() as starts, pct(init_ms, 50) as p50, pct(init_ms, 99) as p99 by route | sort p99 desc`,
  },
});

/** Adds the place of a widget: two in a row. CloudWatch has 24 columns. */
const place = (widget, index) => ({
  ...widget,
  x: 12 * (index % 2),
  y: 6 * Math.floor(index / 2),
  width: 12,
  height: 6,
});

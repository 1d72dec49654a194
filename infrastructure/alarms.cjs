// Included by serverless.yml. osls loads CommonJS modules only.

const functionsOf = require('./functionsOf.cjs');

/** Returns the alarms of the stack. docs/operations.md has the remedy for each one. */
module.exports = async ({ resolveVariable, resolveConfigurationProperty }) => {
  const functions = await functionsOf(resolveConfigurationProperty);
  const apis = (await resolveVariable('param:auth')) === 'iam+jwt' ? ['', 'Signed'] : [''];
  const topic = await resolveVariable('param:alarmTopic');
  const alarms = {
    ...Object.fromEntries(functions.flatMap(([name]) => functionAlarms(name))),
    ...Object.fromEntries(apis.map((prefix) => [`${prefix}ServerErrorsAlarm`, serverErrors(`${prefix}HttpApi`)])),
    ...executionAlarms(),
    ...ownAlarms(await resolveVariable('self:custom.table')),
  };
  const actions = topic && { AlarmActions: [topic], OKActions: [topic] };
  return { Resources: Object.fromEntries(Object.entries(alarms).map(([id, alarm]) => [id, resource(alarm, actions)])) };
};

const resource = (alarm, actions) => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    ComparisonOperator: 'GreaterThanThreshold',
    EvaluationPeriods: 1,
    TreatMissingData: 'notBreaching',
    ...alarm,
    ...actions,
  },
});

const idOf = (name) => name.charAt(0).toUpperCase() + name.slice(1); // the prefix of the logical ids that osls generates

const dimensionsOf = (dimensions) => Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));

/** Returns the members of an alarm on one metric. */
const on = (Namespace, MetricName, dimensions, statistic = { Statistic: 'Sum' }) => ({
  Namespace,
  MetricName,
  ...(dimensions && { Dimensions: dimensionsOf(dimensions) }),
  Period: 300,
  ...statistic,
});

/** Returns a metric of an expression. */
const metric = (Id, Namespace, MetricName, dimensions, Stat = 'Sum') => ({
  Id,
  ReturnData: false,
  MetricStat: { Period: 300, Stat, Metric: { Namespace, MetricName, Dimensions: dimensionsOf(dimensions) } },
});

const functionAlarms = (name) => {
  const dimensions = { FunctionName: { Ref: `${idOf(name)}LambdaFunction` } };
  return [
    [
      `${idOf(name)}ErrorsAlarm`,
      {
        AlarmDescription: `An invocation of ${name} failed without a response of its own, or timed out.`,
        ...on('AWS/Lambda', 'Errors', dimensions),
        Threshold: 0,
      },
    ],
    [
      `${idOf(name)}ThrottlesAlarm`,
      {
        AlarmDescription: `Lambda throttled at least 5, and more than 5 percent, of the invocations of ${name}.`,
        Metrics: [
          {
            Id: 'rate',
            Expression: 'IF(FILL(throttles, 0) >= 5, 100 * throttles / (throttles + FILL(invocations, 0)), 0)',
            Label: 'Percent',
          },
          metric('throttles', 'AWS/Lambda', 'Throttles', dimensions),
          metric('invocations', 'AWS/Lambda', 'Invocations', dimensions), // without those that are throttled
        ],
        Threshold: 5,
      },
    ],
  ];
};

const serverErrors = (api) => ({
  AlarmDescription: 'At least 5 requests, and more than 5 percent of all requests, ended with a 5xx status.',
  Metrics: [
    { Id: 'rate', Expression: 'IF(FILL(failed, 0) >= 5, 100 * failed / all, 0)', Label: 'Percent' },
    metric('failed', 'AWS/ApiGateway', '5xx', { ApiId: { Ref: api } }),
    metric('all', 'AWS/ApiGateway', 'Count', { ApiId: { Ref: api } }),
  ],
  Threshold: 5,
});

/**
 * Returns the alarms on the executions of operations. AWS documents the names of the metrics, not their dimensions. unverified: those
 * of an execution have `FunctionName`, and the use of the quota has none. Public code that reads them says so.
 */
const executionAlarms = () => {
  const dimensions = { FunctionName: { Ref: 'ReconcileLambdaFunction' } };
  return {
    ExecutionsFailedAlarm: {
      AlarmDescription: 'An operation failed: its datastore does not have the desired state.',
      ...on('AWS/Lambda', 'DurableExecutionFailed', dimensions),
      Threshold: 0,
    },
    ExecutionsTimedOutAlarm: {
      AlarmDescription: 'Lambda ended an operation that had not ended itself.',
      ...on('AWS/Lambda', 'DurableExecutionTimedOut', dimensions),
      Threshold: 0,
    },
    ExecutionsNearQuotaAlarm: {
      AlarmDescription:
        'The account runs almost as many executions, or one execution has almost as much, as Lambda allows.',
      Metrics: [
        // In percent of the running executions of an account, of 3000 operations and of 100 MB of an execution.
        { Id: 'used', Expression: 'MAX([FILL(running, 0), FILL(operations, 0) / 30, FILL(bytes, 0) / 1000000])' },
        metric('running', 'AWS/Lambda', 'ApproximateRunningDurableExecutionsUtilization', {}, 'Maximum'),
        metric('operations', 'AWS/Lambda', 'DurableExecutionOperations', dimensions, 'Maximum'),
        metric('bytes', 'AWS/Lambda', 'DurableExecutionStorageWrittenBytes', dimensions, 'Maximum'),
      ],
      Threshold: 80,
    },
  };
};

/** Returns the alarms on the metrics that the functions write (src/observability/metrics.ts). */
const ownAlarms = (namespace) => ({
  TableErrorsAlarm: {
    AlarmDescription:
      'The table is unavailable. Changes are refused, except failovers, which run without a record and a lease.',
    ...on(namespace, 'TableErrors'),
    Threshold: 0,
  },
  AuditLostAlarm: {
    AlarmDescription: 'An audit entry is not in the table. The log of the function has it.',
    ...on(namespace, 'AuditLost'),
    Threshold: 0,
  },
  NotReadyAlarm: {
    AlarmDescription: 'GET /ready has not succeeded for 3 minutes, although it is called each minute.',
    ...on(namespace, 'Ready', undefined, { Statistic: 'Maximum' }),
    Period: 60,
    EvaluationPeriods: 3,
    ComparisonOperator: 'LessThanThreshold',
    Threshold: 1,
    TreatMissingData: 'breaching',
  },
  SlowFailoverAlarm: {
    AlarmDescription: 'A failover was not accepted within 10 seconds.',
    ...on(namespace, 'FailoverLatency', undefined, { ExtendedStatistic: 'p99' }),
    Threshold: 10_000, // more than the timeouts of the table and of one region together
  },
});

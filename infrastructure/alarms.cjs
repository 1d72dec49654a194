// Included by serverless.yml. osls loads CommonJS modules only.

/** Returns one alarm for each function, on invocations that fail or are throttled, and one for each API, on its 5xx responses. */
module.exports = async ({ resolveVariable, resolveConfigurationProperty }) => {
  const functions = await resolveConfigurationProperty(['functions']);
  const apis = (await resolveVariable('param:auth')) === 'iam+jwt' ? ['', 'Signed'] : [''];
  const alarms = Object.keys(functions).map((name) => {
    const id = name.charAt(0).toUpperCase() + name.slice(1); // the prefix of the logical ids that osls generates
    return [`${id}Alarm`, functionAlarm(name, { Ref: `${id}LambdaFunction` })];
  });
  const apiAlarms = apis.map((prefix) => [`${prefix}ServerErrorsAlarm`, apiAlarm({ Ref: `${prefix}HttpApi` })]);
  return { Resources: Object.fromEntries([...alarms, ...apiAlarms]) };
};

const functionAlarm = (name, FunctionName) =>
  alarm(`An invocation of ${name} failed or was throttled.`, 0, [
    { Id: 'sum', Expression: 'FILL(errors, 0) + FILL(throttles, 0)', Label: 'Errors and throttles' },
    metric('errors', 'AWS/Lambda', 'Errors', { FunctionName }),
    metric('throttles', 'AWS/Lambda', 'Throttles', { FunctionName }),
  ]);

const apiAlarm = (ApiId) =>
  alarm('At least 5 requests, and more than 5 percent of all requests, ended with a 5xx status.', 5, [
    { Id: 'rate', Expression: 'IF(FILL(failed, 0) >= 5, 100 * failed / all, 0)', Label: 'Percent' },
    metric('failed', 'AWS/ApiGateway', '5xx', { ApiId }),
    metric('all', 'AWS/ApiGateway', 'Count', { ApiId }),
  ]);

const alarm = (AlarmDescription, Threshold, Metrics) => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    AlarmDescription,
    Metrics,
    Threshold,
    ComparisonOperator: 'GreaterThanThreshold',
    EvaluationPeriods: 1,
    TreatMissingData: 'notBreaching',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: osls replaces the variable
    AlarmActions: { 'Fn::If': ['HasAlarmTopic', ['${param:alarmTopic}'], { Ref: 'AWS::NoValue' }] },
  },
});

const metric = (Id, Namespace, MetricName, dimensions) => ({
  Id,
  ReturnData: false,
  MetricStat: {
    Period: 300,
    Stat: 'Sum',
    Metric: {
      Namespace,
      MetricName,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    },
  },
});

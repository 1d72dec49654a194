// Included by serverless.yml. osls loads CommonJS modules only.

/** Returns one alarm for each function. The alarm fires when an invocation fails or is throttled. */
module.exports = async ({ resolveConfigurationProperty }) => {
  const functions = await resolveConfigurationProperty(['functions']);
  const alarms = Object.keys(functions).map((name) => {
    const id = name.charAt(0).toUpperCase() + name.slice(1); // the prefix of the logical ids that osls generates
    return [`${id}Alarm`, alarm(name, { Ref: `${id}LambdaFunction` })];
  });
  return { Resources: Object.fromEntries(alarms) };
};

const alarm = (name, FunctionName) => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    AlarmDescription: `An invocation of ${name} failed or was throttled.`,
    Metrics: [
      { Id: 'sum', Expression: 'FILL(errors, 0) + FILL(throttles, 0)', Label: 'Errors and throttles' },
      metric('errors', 'Errors', FunctionName),
      metric('throttles', 'Throttles', FunctionName),
    ],
    Threshold: 0,
    ComparisonOperator: 'GreaterThanThreshold',
    EvaluationPeriods: 1,
    TreatMissingData: 'notBreaching',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: osls replaces the variable
    AlarmActions: { 'Fn::If': ['HasAlarmTopic', ['${param:alarmTopic}'], { Ref: 'AWS::NoValue' }] },
  },
});

const metric = (Id, MetricName, FunctionName) => ({
  Id,
  ReturnData: false,
  MetricStat: {
    Period: 300,
    Stat: 'Sum',
    Metric: { Namespace: 'AWS/Lambda', MetricName, Dimensions: [{ Name: 'FunctionName', Value: FunctionName }] },
  },
});

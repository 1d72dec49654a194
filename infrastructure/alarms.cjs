// serverless.yml takes this in as the resources it makes; its loader reads CommonJS alone.

/** An alarm for each function: it ended without an answer of its own, or was called more often at a time than it may run. */
module.exports = async ({ resolveConfigurationProperty }) => {
  const functions = await resolveConfigurationProperty(['functions']);
  const alarms = Object.keys(functions).map((name) => {
    const id = name.charAt(0).toUpperCase() + name.slice(1); // as osls names what it makes for a function
    return [`${id}Alarm`, alarm(name, { Ref: `${id}LambdaFunction` })];
  });
  return { Resources: Object.fromEntries(alarms) };
};

const alarm = (name, FunctionName) => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    AlarmDescription: `${name} failed without an answer of its own, or was throttled.`,
    Metrics: [
      { Id: 'sum', Expression: 'FILL(errors, 0) + FILL(throttles, 0)', Label: 'Errors and throttles' },
      metric('errors', 'Errors', FunctionName),
      metric('throttles', 'Throttles', FunctionName),
    ],
    Threshold: 0,
    ComparisonOperator: 'GreaterThanThreshold',
    EvaluationPeriods: 1,
    TreatMissingData: 'notBreaching',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: osls fills it in
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

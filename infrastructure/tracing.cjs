// Included by serverless.yml. osls loads CommonJS modules only.

/**
 * Returns the right of each role to send traces to X-Ray, if tracing is on. osls adds it only to a role that it creates itself.
 */
module.exports = async ({ resolveVariable }) => {
  if ((await resolveVariable('param:tracing')) !== 'Active') return {};
  const { Resources } = await resolveVariable('file(infrastructure/roles.yml)');
  const roles = Object.keys(Resources).filter((id) => Resources[id].Type === 'AWS::IAM::Role');
  const Statement = [
    { Effect: 'Allow', Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], Resource: '*' }, // AWS has no other resource
  ];
  const Properties = {
    PolicyName: 'SendTraces',
    PolicyDocument: { Version: '2012-10-17', Statement },
    Roles: roles.map((Ref) => ({ Ref })),
  };
  return { Resources: { TracingPolicy: { Type: 'AWS::IAM::Policy', Properties } } };
};

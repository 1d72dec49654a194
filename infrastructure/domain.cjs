// Included by serverless.yml. osls loads CommonJS modules only.

/**
 * Returns the domain of callers, if the parameter `domain` names one. Two regions can have the same: a DNS record fails over between
 * their targets, which are outputs of the stacks.
 */
module.exports = async ({ resolveVariable }) => {
  const DomainName = await resolveVariable('param:domain');
  if (!DomainName) return {};
  const CertificateArn = await resolveVariable('param:certificate');
  return {
    Resources: {
      Domain: {
        Type: 'AWS::ApiGatewayV2::DomainName',
        Properties: {
          DomainName,
          DomainNameConfigurations: [{ CertificateArn, EndpointType: 'REGIONAL', SecurityPolicy: 'TLS_1_2' }],
        },
      },
      DomainMapping: {
        Type: 'AWS::ApiGatewayV2::ApiMapping',
        Properties: { ApiId: { Ref: 'HttpApi' }, DomainName: { Ref: 'Domain' }, Stage: { Ref: 'HttpApiStage' } },
      },
    },
    Outputs: {
      DomainTarget: { Value: { 'Fn::GetAtt': ['Domain', 'RegionalDomainName'] } },
      DomainTargetZone: { Value: { 'Fn::GetAtt': ['Domain', 'RegionalHostedZoneId'] } },
    },
  };
};

// Included by serverless.yml. osls loads CommonJS modules only.

const functionsOf = require('./functionsOf.cjs');
const { limitsOf } = require('./throttling.cjs');

/**
 * Returns the second API of `auth: iam+jwt`: the routes and the functions of the first one, for callers that sign their requests. It
 * exists because a route has one authorizer.
 */
module.exports = async ({ resolveVariable, resolveConfigurationProperty }) => {
  if ((await resolveVariable('param:auth')) !== 'iam+jwt') return {};
  const functions = (await functionsOf(resolveConfigurationProperty)).filter(
    ([name, { events }]) => events && name !== 'console', // its page sends tokens, which this API does not accept
  );
  const name = `${await resolveVariable('self:service')}-${await resolveVariable('sls:stage')}-signed`;
  const routes = Object.fromEntries(
    functions.flatMap(([name, { events }]) => events.map(({ httpApi }) => routeOf(name, httpApi))),
  );
  return {
    Resources: {
      SignedHttpApi: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: name, ProtocolType: 'HTTP' } },
      SignedHttpApiStage: await stage(resolveVariable, Object.keys(routes)),
      ...Object.fromEntries(functions.flatMap(([name]) => [integrationOf(name), permissionOf(name)])),
      ...routes,
    },
    Outputs: { SignedHttpApiUrl: { Value: { 'Fn::Sub': url } } },
  };
};

const ApiId = { Ref: 'SignedHttpApi' };

// biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation replaces the variables
const url = 'https://${SignedHttpApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}';

// biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation replaces the variables
const source = 'arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${SignedHttpApi}/*';

const capitalize = (name) => name.charAt(0).toUpperCase() + name.slice(1); // as in the logical ids that osls generates

/** Returns the stage with the limits and the access log of the first API. */
async function stage(resolveVariable, DependsOn) {
  return {
    Type: 'AWS::ApiGatewayV2::Stage',
    DependsOn, // the settings of a route need the route
    Properties: {
      ApiId,
      StageName: '$default',
      AutoDeploy: true,
      AccessLogSettings: {
        DestinationArn: { 'Fn::GetAtt': ['HttpApiLogGroup', 'Arn'] },
        Format: await resolveVariable('self:provider.logs.httpApi.format'),
      },
      ...(await limitsOf(resolveVariable)),
    },
  };
}

const integrationOf = (name) => [
  `SignedIntegration${capitalize(name)}`,
  {
    Type: 'AWS::ApiGatewayV2::Integration',
    Properties: {
      ApiId,
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: { 'Fn::GetAtt': [`${capitalize(name)}LambdaFunction`, 'Arn'] },
      PayloadFormatVersion: '2.0',
      TimeoutInMillis: 30000,
    },
  },
];

const permissionOf = (name) => [
  `SignedPermission${capitalize(name)}`,
  {
    Type: 'AWS::Lambda::Permission',
    Properties: {
      Action: 'lambda:InvokeFunction',
      FunctionName: { 'Fn::GetAtt': [`${capitalize(name)}LambdaFunction`, 'Arn'] },
      Principal: 'apigateway.amazonaws.com',
      SourceArn: { 'Fn::Sub': source },
    },
  },
];

/** Returns a route, which needs a signature if the same route of the first API needs a token. */
const routeOf = (name, { method, path, authorizer }) => [
  `SignedRoute${method === '*' ? 'Default' : capitalize(method.toLowerCase())}${capitalize(name)}`,
  {
    Type: 'AWS::ApiGatewayV2::Route',
    Properties: {
      ApiId,
      RouteKey: method === '*' ? '$default' : `${method} ${path}`,
      Target: { 'Fn::Sub': `integrations/\${SignedIntegration${capitalize(name)}}` },
      AuthorizationType: authorizer ? 'AWS_IAM' : 'NONE',
    },
  },
];

import { DescribeGlobalReplicationGroupsCommand } from '@aws-sdk/client-elasticache';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { logger } from '../observability/logger.ts';

const answer = `<DescribeGlobalReplicationGroupsResponse xmlns="http://elasticache.amazonaws.com/doc/2015-02-02/">
<DescribeGlobalReplicationGroupsResult><GlobalReplicationGroups><GlobalReplicationGroup>
<GlobalReplicationGroupId>ldgnf-primed</GlobalReplicationGroupId><Status>available</Status>
</GlobalReplicationGroup></GlobalReplicationGroups></DescribeGlobalReplicationGroupsResult>
<ResponseMetadata><RequestId>primed</RequestId></ResponseMetadata></DescribeGlobalReplicationGroupsResponse>`;

/** A request that every route refuses. */
const refused = {
  headers: { 'content-type': 'application/json' },
  pathParameters: { GlobalReplicationGroupId: '-', ReplicationGroupId: '-', Region: '-' },
  queryStringParameters: { primed: 'true' },
  rawPath: '/',
  rawQueryString: '',
  requestContext: { http: { method: 'POST', userAgent: '' } },
  body: '{}',
} as unknown as APIGatewayProxyEventV2;

/**
 * Goes the way of a request once, in two parts: through the handler to a refusal, and through the SDK up to the network and
 * back from there. What that compiles and fills need not be compiled and filled in the first request, which Lambda runs at a
 * fraction of the speed of the init. Nothing is sent: a question answers itself. Loaded with each function that calls
 * ElastiCache, by the build.
 */
export async function prime(
  handler: (event: APIGatewayProxyEventV2, context: Context) => Promise<unknown>,
): Promise<void> {
  const command = new DescribeGlobalReplicationGroupsCommand({ ShowMemberInfo: true });
  command.middlewareStack.add(
    () => async () => ({ response: { statusCode: 200, headers: {}, body: Buffer.from(answer) } }),
    { name: 'answersItself', step: 'deserialize', priority: 'low' },
  );
  await elastiCache(AbortSignal.timeout(1_000)).send(command);

  const level = logger.getLevelName();
  logger.setLogLevel('SILENT');
  try {
    await handler(refused, { awsRequestId: 'primed', getRemainingTimeInMillis: () => 2_000 } as Context);
  } finally {
    logger.setLogLevel(level);
  }
}

import { DescribeGlobalReplicationGroupsCommand } from '@aws-sdk/client-elasticache';
import { elasticache } from './elasticache.ts';

const answer = `<DescribeGlobalReplicationGroupsResponse xmlns="http://elasticache.amazonaws.com/doc/2015-02-02/">
<DescribeGlobalReplicationGroupsResult><GlobalReplicationGroups><GlobalReplicationGroup>
<GlobalReplicationGroupId>ldgnf-primed</GlobalReplicationGroupId><Status>available</Status>
</GlobalReplicationGroup></GlobalReplicationGroups></DescribeGlobalReplicationGroupsResult>
<ResponseMetadata><RequestId>primed</RequestId></ResponseMetadata></DescribeGlobalReplicationGroupsResponse>`;

/**
 * Goes the way of a request once, up to the network and back from there: what it compiles and fills need not be compiled and
 * filled in the first request, which Lambda runs at a fraction of the speed of the init. Nothing is sent: a question answers
 * itself. Loaded with each function that calls ElastiCache, by the build.
 */
export async function prime(): Promise<void> {
  const command = new DescribeGlobalReplicationGroupsCommand({ ShowMemberInfo: true });
  command.middlewareStack.add(
    () => async () => ({ response: { statusCode: 200, headers: {}, body: Buffer.from(answer) } }),
    { name: 'answersItself', step: 'deserialize', priority: 'low' },
  );
  await elasticache(AbortSignal.timeout(1_000)).send(command);
}

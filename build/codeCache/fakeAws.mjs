// A server that replaces AWS while a code cache is compiled. Every call succeeds, so V8 compiles the code of the whole request.
import { once } from 'node:events';
import { createServer } from 'node:http';

/** Starts the server on a free port of 127.0.0.1. Returns the URL. */
export async function startFakeAws() {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    const { headers, ...reply } = replyTo(request, new URLSearchParams(body).get('Action'));
    response.writeHead(200, { 'content-type': reply.type, ...headers }).end(reply.body);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${server.address().port}`;
}

function replyTo({ headers, url }, action) {
  if (headers['x-amz-target']) return { type: 'application/x-amz-json-1.0', body: '{}' };
  if (!action) return { type: 'application/json', ...durableExecutionReply(new URL(url, 'http://lambda')) };
  const result = results[action] ?? `<GlobalReplicationGroup>${datastore}</GlobalReplicationGroup>`;
  const body = `<${action}Response xmlns="http://elasticache.amazonaws.com/doc/2015-02-02/"><${action}Result>${result}</${action}Result><ResponseMetadata><RequestId>build</RequestId></ResponseMetadata></${action}Response>`;
  return { type: 'text/xml', body };
}

const members = ['use1:us-east-1:PRIMARY', 'euw1:eu-west-1:SECONDARY'].map((member) => {
  const [name, region, role] = member.split(':');
  return `<GlobalReplicationGroupMember><ReplicationGroupId>orders-${name}</ReplicationGroupId><ReplicationGroupRegion>${region}</ReplicationGroupRegion><Role>${role}</Role><AutomaticFailover>enabled</AutomaticFailover><Status>associated</Status></GlobalReplicationGroupMember>`;
});
const datastore = `<GlobalReplicationGroupId>ldgnf-orders</GlobalReplicationGroupId><GlobalReplicationGroupDescription> </GlobalReplicationGroupDescription><Status>available</Status><CacheNodeType>cache.r7g.large</CacheNodeType><Engine>valkey</Engine><EngineVersion>8.0.1</EngineVersion><Members>${members.join('')}</Members><ClusterEnabled>true</ClusterEnabled><GlobalNodeGroups><GlobalNodeGroup><GlobalNodeGroupId>ldgnf-orders-0001</GlobalNodeGroupId><Slots>0-16383</Slots></GlobalNodeGroup></GlobalNodeGroups>`;
const group =
  '<ReplicationGroupId>orders-use1</ReplicationGroupId><Status>available</Status><CacheNodeType>cache.r7g.large</CacheNodeType><NodeGroups><NodeGroup><NodeGroupId>0001</NodeGroupId><Status>available</Status><NodeGroupMembers/></NodeGroup></NodeGroups>';
const results = {
  DescribeGlobalReplicationGroups: `<GlobalReplicationGroups><GlobalReplicationGroup>${datastore}</GlobalReplicationGroup></GlobalReplicationGroups>`,
  DescribeReplicationGroups: `<ReplicationGroups><ReplicationGroup>${group}</ReplicationGroup></ReplicationGroups>`,
  DescribeCacheClusters: '<CacheClusters/>',
  CreateReplicationGroup: `<ReplicationGroup>${group}</ReplicationGroup>`,
};

/** Returns the response to a call about durable executions: one execution has ended and none is running. */
function durableExecutionReply({ pathname, searchParams }) {
  const name = searchParams.get('DurableExecutionName');
  const DurableExecutionArn = 'arn:aws:lambda:us-east-1:000000000000:function:build';
  const execution = { DurableExecutionName: name, DurableExecutionArn, Status: 'SUCCEEDED', StartTimestamp: 1 };
  const goal = { Kind: 'APPLY', GlobalReplicationGroupId: 'ldgnf-orders', Members: [], Known: [], OnFailure: 'keep' };
  if (pathname.endsWith('/invocations'))
    return { body: '', headers: { 'x-amz-durable-execution-arn': DurableExecutionArn } };
  if (pathname.endsWith('/durable-executions'))
    return { body: JSON.stringify({ DurableExecutions: name ? [execution] : [] }) };
  return { body: JSON.stringify({ ...execution, InputPayload: JSON.stringify(goal) }) };
}

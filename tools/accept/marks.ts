import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** How a mark `unverified:` is tried: by experiments, or why it cannot be. */
export type Catalogued = { readonly text: string } & (
  | { readonly experiments: readonly string[] }
  | { readonly because: string }
);

/** A mark in the code. */
export interface Mark {
  readonly file: string;
  readonly line: number;
  /** What follows `unverified:` in its line. */
  readonly text: string;
}

/** Returns the marks in the code, in the order of the files. */
export function readMarks(root = join(import.meta.dirname, '../..')): Mark[] {
  const files = globSync('{src,emulator,local,build,infrastructure}/**/*.*', { cwd: root }).sort();
  return files.flatMap((file) =>
    readFileSync(join(root, file), 'utf8')
      .split('\n')
      .flatMap((line, index) => {
        const [, ...texts] = line.split(/unverified: */);
        return texts.map((text) => ({ file, line: index + 1, text: text.trim() }));
      }),
  );
}

/** Returns how a mark is tried, or undefined if the catalogue does not have it. `index` is its place among those of the file. */
export function catalogued({ file, text }: Mark, index: number): Catalogued | undefined {
  const entry = catalogue[file]?.[index];
  return entry && text.startsWith(entry.text) ? entry : undefined;
}

/** The marks of each file in their order, each with the beginning of its text. */
export const catalogue: Readonly<Record<string, readonly Catalogued[]>> = {
  'emulator/actions/CreateCacheParameterGroup.ts': [
    { text: 'length', experiments: ['parameter group: name and family'] },
    { text: 'text; floci-io/floci prints it. The', experiments: ['parameter group: name and family'] },
    {
      text: 'text, and that default groups do not',
      because: 'The quota of parameter groups would have to be used up.',
    },
  ],
  'emulator/actions/CreateCacheSubnetGroup.ts': [
    { text: 'texts.', because: 'The quotas of subnet groups and of their subnets would have to be used up.' },
  ],
  'emulator/actions/CreateGlobalReplicationGroup.ts': [
    { text: 'the primary is `modifying`', experiments: ['datastore: status of its primary while it is created'] },
    { text: 'the suffix follows the rules of a', experiments: ['datastore: suffix'] },
  ],
  'emulator/actions/CreateReplicationGroup.ts': [
    { text: 'TransitEncryptionMode, ClusterMode,', experiments: ['secondary: inherited settings'] },
    {
      text: 'terraform-provider-aws tests it so.',
      because: 'Two secondaries that are added at once need a third region.',
    },
    { text: 'texts.', experiments: ['secondary: a second one in its region'] },
  ],
  'emulator/actions/DecreaseNodeGroupsInGlobalReplicationGroup.ts': [
    { text: 'texts.', experiments: ['datastore: fewer node groups'] },
  ],
  'emulator/actions/DeleteCacheSubnetGroup.ts': [
    {
      text: 'the error). Those of the options are',
      because: 'AWS could delete the default subnet group of the account.',
    },
  ],
  'emulator/actions/DescribeCacheClusters.ts': [
    { text: '`restore-failed` in place of', because: 'A creation cannot be made to fail on AWS.' },
  ],
  'emulator/actions/DescribeCacheEngineVersions.ts': [
    { text: 'the descriptions of Valkey.', experiments: ['engine versions: descriptions'] },
  ],
  'emulator/actions/DescribeCacheParameters.ts': [
    { text: 'no parameter is of the source', experiments: ['parameters: source engine-default'] },
  ],
  'emulator/actions/DescribeUserGroups.ts': [
    { text: 'the engine and the users.', because: 'The walk makes no users and no user group.' },
  ],
  'emulator/actions/FailoverGlobalReplicationGroup.ts': [
    { text: 'the response shows the previous', experiments: ['failover: roles in the response'] },
  ],
  'emulator/actions/ModifyCacheParameterGroup.ts': [
    { text: 'texts without a source.', experiments: ['parameter group: values'] },
  ],
  'emulator/actions/ModifyGlobalReplicationGroup.ts': [
    { text: 'texts without a source.', experiments: ['datastore: several properties'] },
    { text: 'texts without a source.', experiments: ['datastore: properties that cannot be'] },
    {
      text: 'no rollback from Valkey 7.2 to Redis',
      because: 'It needs a datastore with Valkey 7.2. That of the walk has Valkey 8.0.',
    },
  ],
  'emulator/actions/ModifyReplicationGroup.ts': [
    { text: 'the others.', experiments: ['member: shared settings'] },
    { text: 'a member may change its token, and', experiments: ['member: change of the token'] },
  ],
  'emulator/actions/RemoveTagsFromResource.ts': [{ text: 'text', experiments: ['group: tags'] }],
  'emulator/cloudWatch/getMetricData.ts': [
    { text: 'the text. The metric has no shorter', experiments: ['metrics: period'] },
    { text: 'the texts.', experiments: ['metrics: parameters'] },
  ],
  'emulator/protocol/queryProtocol.ts': [
    { text: 'the last value of a repeated', experiments: ['repeated parameter'] },
    { text: 'MissingParameter is also documented', experiments: ['missing parameter'] },
    { text: 'the error that ElastiCache returns.', experiments: ['control character'] },
    { text: 'texts.', experiments: ['malformed number'] },
  ],
  'emulator/protocol/regions.ts': [
    { text: 'the others follow the same rule.', experiments: ['group: name of the region in endpoints'] },
    { text: 'the prefixes are invented. Do not', experiments: ['datastore: prefix of its id'] },
  ],
  'emulator/responses/globalReplicationGroup.ts': [
    { text: 'GlobalNodeGroups. The samples of', experiments: ['datastore: node groups without members'] },
  ],
  'emulator/rules/authTokens.ts': [
    { text: 'for which tokens.', experiments: ['creation: tokens'] },
    { text: 'a token for a group with user groups.', because: 'The walk makes no user group.' },
    { text: 'the same without user groups.', experiments: ['group: deletion of a token'] },
  ],
  'emulator/rules/createReplicationGroup.ts': [
    { text: 'MultiAZEnabled in the request', experiments: ['secondary: nodes and Multi-AZ'] },
    { text: 'text', experiments: ['creation: node types'] },
    { text: 'with cluster mode, the default is', experiments: ['group: failover with cluster mode'] },
    { text: 'text.', experiments: ['creation: node types'] },
    { text: 'bounds', experiments: ['creation: port'] },
  ],
  'emulator/rules/durability.ts': [{ text: 'code.', experiments: ['creation: durability'] }],
  'emulator/rules/engines.ts': [
    {
      text: 'whether it exists for a replication',
      because: 'It needs a replication group with Valkey 7.2. Those of the walk have Valkey 8.0.',
    },
    { text: 'the patch number. The guide names', experiments: ['group: patch number'] },
  ],
  'emulator/rules/globalReplicationGroup.ts': [{ text: 'text.', experiments: ['datastore: not at once'] }],
  'emulator/rules/modifyReplicationGroup.ts': [
    { text: 'texts.', experiments: ['group: encryption in transit'] },
    { text: 'texts.', experiments: ['group: cluster mode'] },
    { text: 'texts, and the refusal of the current', experiments: ['group: durability'] },
  ],
  'emulator/rules/nodeTypeModifications.ts': [
    { text: 'texts without a source.', experiments: ['group: node type'] },
    { text: 'one with the same memory is a', experiments: ['group: node types with the same memory'] },
  ],
  'emulator/rules/nodeTypes.ts': [
    { text: 'M8g, R8g and C8gn in every region.', because: 'It needs a datastore of each family in every region.' },
    { text: 'the engine versions of families', because: 'AWS makes no new clusters with these families.' },
  ],
  'emulator/rules/parameterValidation.ts': [
    { text: 'texts without a source.', experiments: ['group: identifiers'] },
    { text: 'text, and topics of another account.', experiments: ['creation: topic and key'] },
    { text: 'text.', experiments: ['creation: topic and key'] },
  ],
  'emulator/rules/parameters.ts': [
    { text: 'defaults of families after redis5.0.', experiments: ['parameters: defaults'] },
  ],
  'emulator/rules/quotas.ts': [
    { text: 'texts.', because: 'The quotas of nodes would have to be used up.' },
    { text: 'texts, and', because: 'The quotas of nodes would have to be used up.' },
  ],
  'emulator/rules/replicas.ts': [
    { text: 'texts.', experiments: ['group: replicas'] },
    { text: 'InvalidParameterValueException,', experiments: ['group: removal of a primary node'] },
  ],
  'emulator/rules/replicationGroup.ts': [
    { text: 'the text without a purpose.', experiments: ['group: refusal while it is created'] },
    { text: 'the same text for a deletion.', experiments: ['member: deletion'] },
  ],
  'emulator/rules/resharding.ts': [
    { text: 'texts.', experiments: ['datastore: more node groups'] },
    { text: 'InvalidParameterValueException,', because: 'The quotas of nodes would have to be used up.' },
  ],
  'emulator/rules/settingCompatibility.ts': [{ text: 'text and code.', experiments: ['creation: node types'] }],
  'emulator/rules/shards.ts': [
    { text: 'without a count, a secondary gets as', experiments: ['secondary: nodes and Multi-AZ'] },
    { text: 'texts without a source.', experiments: ['creation: counts'] },
  ],
  'emulator/rules/slots.ts': [
    {
      text: 'each shard gives its highest slots.',
      because: 'It needs two reshardings of more than half an hour each.',
    },
  ],
  'emulator/rules/tags.ts': [{ text: 'texts without a source.', experiments: ['group: tags'] }],
  'emulator/rules/windows.ts': [
    { text: 'AWS chooses it at random).', because: 'AWS chooses the window at random, and the emulator a fixed one.' },
    { text: 'text', experiments: ['creation: windows'] },
    { text: 'texts.', experiments: ['creation: windows'] },
  ],
  'emulator/secretsManager/actions.ts': [
    { text: 'the text', experiments: ['secret: name'] },
    { text: 'the text', experiments: ['secret: no name'] },
  ],
  'emulator/secretsManager/secrets.ts': [
    { text: 'the text. Without a resource policy', because: 'It needs a second account.' },
  ],
  'emulator/state/options.ts': [
    { text: 'AWS publishes only a quota of nodes.', because: 'The quotas would have to be used up.' },
    { text: 'not published.', because: 'The quotas would have to be used up.' },
    { text: 'AWS publishes no quota of this kind.', because: 'The quotas would have to be used up.' },
  ],
  'emulator/state/store.ts': [{ text: 'text', experiments: ['datastore: unknown id'] }],
  'emulator/sts/getCallerIdentity.ts': [
    { text: 'the user and its id are invented.', because: 'The identity is one of the emulator, and of no account.' },
  ],
  'infrastructure/alarms.cjs': [
    {
      text: 'those',
      because: 'CloudWatch shows the dimensions only after operations have run and failed: look there.',
    },
  ],
  'infrastructure/encryption.cjs': [
    {
      text: 'the DynamoDB developer guide names',
      because: 'It needs a deployment with KMS keys, and calls with fewer rights than its functions have.',
    },
    {
      text: 'the Lambda developer',
      because: 'It needs a deployment with KMS keys, and calls with fewer rights than its functions have.',
    },
  ],
  'infrastructure/throttling.cjs': [
    { text: 'whether routes without a limit of', because: 'It needs more load than a shared account should get.' },
  ],
  'local/apiGateway/ownResponse.ts': [
    {
      text: 'the texts of 400, 403 and 431.',
      experiments: ['API: headers that are too large', 'API: broken encoding in a path', 'API: no signature'],
    },
  ],
  'local/apiGateway/routing.ts': [
    { text: 'an encoding that is broken as sent is', experiments: ['API: broken encoding in a path'] },
    { text: 'the decoded path selects the route.', experiments: ['API: encoded path of a route'] },
  ],
  'local/lambdaDurableApi.ts': [
    { text: 'the error and its words', experiments: ['durable executions: broken marker'] },
    { text: 'AWS ignores a stop of an execution', experiments: ['durable executions: stop of an ended one'] },
  ],
  'src/aws/durableExecutions.ts': [
    {
      text: 'the right to this action is that to',
      because: 'The walk has rights of its own. Cancel a running drill: the response shows whether the function may.',
    },
    {
      text: 'each iteration of the condition is an',
      because: 'It needs an operation that runs: GET /operations/{OperationId} shows Step while it does.',
    },
  ],
  'src/datastores/eligibility.ts': [
    { text: 'in every region and for every engine', because: 'It needs a datastore of each family in every region.' },
    { text: 'the end for version 6. It is three', because: 'The date has not come.' },
  ],
  'src/datastores/endpoints.ts': [{ text: 'a secondary has', experiments: ['promoted: address of the primary'] }],
  'src/datastores/multiRegionPaging.ts': [
    { text: 'a region lists either all datastores', experiments: ['datastore: which regions list it'] },
  ],
  'src/datastores/replicationLag.ts': [
    { text: 'that it is read in the region of the', experiments: ['secondary: lag in the metrics of its region'] },
  ],
  'src/datastores/retainedResources.ts': [
    { text: 'the number of letters, which is', experiments: ['detached: name of its parameter group'] },
  ],
  'src/datastores/status.ts': [
    { text: 'AWS documents `create-failed` only', because: 'A creation cannot be made to fail on AWS.' },
  ],
  'src/handlers/addMember.ts': [{ text: 'a secondary inherits', experiments: ['secondary: nodes and Multi-AZ'] }],
  'src/handlers/rebalanceSlots.ts': [
    { text: 'AWS does not document when it moves', experiments: ['datastore: rebalancing of even slots'] },
  ],
  'src/operations/evacuation/evacuationStep.ts': [
    {
      text: "AWS accepts a failover of a datastore whose primary's",
      because: 'A region of AWS cannot be taken away.',
    },
  ],
  'src/operations/evacuation/sendEvacuationStep.ts': [
    {
      text: 'which region AWS accepts them in.',
      because: 'A region of AWS cannot be taken away.',
    },
  ],
  'src/operations/rotateMember.ts': [
    { text: 'AWS takes this call for a member of a', experiments: ['member: change of the token'] },
  ],
  'src/operations/tokenRotation.ts': [
    { text: 'AWS changes AuthTokenLastModifiedDate', experiments: ['member: change of the token'] },
  ],
  'src/preflight/engineChecks.ts': [
    { text: 'for datastores.', because: 'It needs a datastore with Valkey 7.2. That of the walk has Valkey 8.0.' },
  ],
  'src/preflight/existingMemberChecks.ts': [
    { text: 'AWS asks for automatic failover.', experiments: ['group: Multi-AZ without failover'] },
  ],
  'src/preflight/memberChecks.ts': [
    { text: 'AWS may require the password of the', experiments: ['secondary: without the token'] },
  ],
  'src/preflight/memberTokenChecks.ts': [
    { text: 'a token for a member that has a user', because: 'The walk makes no user group.' },
  ],
  'src/preflight/modifyGlobalDatastore.ts': [
    {
      text: 'AWS refuses it for datastores as it',
      because: 'Automatic failover of the datastore of the walk, which has cluster mode, cannot be disabled at all.',
    },
  ],
  'src/preflight/placementChecks.ts': [
    { text: 'without a number, a node group gets', experiments: ['secondary: nodes and Multi-AZ'] },
    { text: 'MultiAZEnabled replaces the inherited', experiments: ['secondary: nodes and Multi-AZ'] },
    { text: 'AWS may go by their order.', because: 'AWS could make another secondary, which takes half an hour.' },
    { text: 'no region has more than six.', because: 'No call of ElastiCache lists the zones of a region.' },
    { text: 'AWS publishes no bounds for Port.', experiments: ['creation: port'] },
  ],
  'src/preflight/rebalanceSlots.ts': [
    { text: 'AWS accepts a rebalancing that moves', experiments: ['datastore: rebalancing of even slots'] },
  ],
  'src/preflight/referenceChecks.ts': [
    {
      text: 'AWS may create the group `default`',
      because: 'It needs a region without any cluster, and could leave a subnet group there.',
    },
  ],
  'src/preflight/rotateAuthToken.ts': [
    { text: 'AWS refuses a first AUTH token of a', because: 'The datastore of the walk has a token.' },
  ],
  'src/schemas/addMember.ts': [
    {
      text: 'user groups, log delivery and zones.',
      because: 'The walk makes no user group and no destination of logs.',
    },
    { text: 'the rest.', experiments: ['secondary: inherited settings'] },
  ],
  'src/schemas/common.ts': [
    { text: 'the rule for replication group ids', experiments: ['datastore: suffix'] },
    { text: '1000 characters, a limit of this API.', experiments: ['group: long description'] },
    { text: 'the same limits apply. A Marker must', experiments: ['datastores: limits of a page'] },
    { text: 'a marker of AWS has at most 6,000', because: 'A marker needs more than 100 datastores.' },
  ],
};

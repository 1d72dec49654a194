import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { Resource } from './stack.ts';

/** The part of CloudFormation, S3, Lambda, DynamoDB and STS that a deployment with osls calls, for one stack. */
export interface LocalCloudFormation {
  readonly env: Readonly<Record<string, string>>;
  /** The names of the calls that change something, in their order. */
  readonly changes: string[];
  /** The parameters of the last call of each name. */
  readonly parameters: Record<string, Readonly<Record<string, string>>>;
  readonly state: State;
  close(): void;
}

interface State {
  status?: string;
  resources: Resources;
  changeSet?: ChangeSet;
  readonly objects: Map<string, StoredObject>;
  readonly table: { DeletionProtectionEnabled: boolean };
  executedAt: Date;
}

type Resources = Readonly<Record<string, Resource>>;

interface ChangeSet {
  readonly resources: Resources;
  readonly changes: string;
  readonly type: string;
}

interface StoredObject {
  readonly body: Buffer;
  readonly hash: string;
  readonly at: Date;
}

interface Call {
  readonly state: State;
  readonly parameters: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly request: IncomingMessage;
}

interface Response {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const bucket = 'packages';
const stackId = 'arn:aws:cloudformation:us-east-1:123456789012:stack/stack/1';
const reads = /^(Get|Head|List|Describe|Validate)/;

/** Starts the server on loopback. */
export async function startLocalCloudFormation(): Promise<LocalCloudFormation> {
  const state: State = {
    resources: {},
    objects: new Map(),
    table: { DeletionProtectionEnabled: false },
    executedAt: new Date(0),
  };
  const changes: string[] = [];
  const parameters: LocalCloudFormation['parameters'] = {};
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const name = nameOf(request, body);
    const formParameters = Object.fromEntries(new URLSearchParams(isForm(request) ? body.toString() : ''));
    if (!reads.test(name)) changes.push(name);
    parameters[name] = formParameters;
    const reply = calls[name]?.({ state, parameters: formParameters, body, request }) ?? { status: 501, body: name };
    response.writeHead(reply.status ?? 200, reply.headers).end(request.method === 'HEAD' ? undefined : reply.body);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const env = {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_MAX_ATTEMPTS: '1',
    SLS_AWS_MONITORING_FREQUENCY: '20',
  };
  return { env, changes, parameters, state, close: () => server.close() };
}

const isForm = ({ headers }: IncomingMessage) => /form-urlencoded/.test(headers['content-type'] ?? '');

/** Returns the name of a call: of the query protocol, of the JSON protocol, of a REST call, or of S3. */
function nameOf(request: IncomingMessage, body: Buffer): string {
  const { method, headers } = request;
  const url = new URL(request.url ?? '', 'http://127.0.0.1');
  if (isForm(request)) return new URLSearchParams(body.toString()).get('Action') ?? '';
  if (headers['x-amz-target']) return `${headers['x-amz-target']}`.split('.')[1] ?? '';
  if (/\/durable-executions/.test(url.pathname)) return 'ListDurableExecutionsByFunction';
  if (/\/functions\//.test(url.pathname)) return 'GetFunction';
  if (/\/v2\/apis\//.test(url.pathname)) return 'GetApi';
  if (method === 'POST') return 'DeleteObjects';
  if (url.searchParams.has('list-type')) return 'ListObjectsV2';
  return { PUT: 'PutObject', HEAD: keyOf(url) ? 'HeadObject' : 'HeadBucket' }[`${method}`] ?? `${method}`;
}

const keyOf = ({ pathname }: URL): string => decodeURIComponent(pathname.split('/').slice(2).join('/'));
const keyIn = ({ url }: IncomingMessage): string => keyOf(new URL(url ?? '', 'http://127.0.0.1'));

const calls: Readonly<Record<string, (call: Call) => Response>> = {
  DescribeStacks: ({ state }) => (state.status ? result('DescribeStacks', stackOf(state)) : missing()),
  CreateChangeSet: ({ state, parameters }) => {
    const resources = templateOf(state, parameters);
    const { ChangeSetType: type = '' } = parameters;
    state.changeSet = { resources, changes: changesBetween(state.resources, resources), type };
    state.status ??= 'REVIEW_IN_PROGRESS';
    return result('CreateChangeSet', `<Id>changes</Id><StackId>${stackId}</StackId>`);
  },
  DescribeChangeSet: ({ state }) => {
    const changes = state.changeSet?.changes ?? '';
    const status = changes ? '<Status>CREATE_COMPLETE</Status>' : failed;
    return result('DescribeChangeSet', `<StackId>${stackId}</StackId>${status}<Changes>${changes}</Changes>`);
  },
  DeleteChangeSet: ({ state }) => {
    delete state.changeSet;
    return result('DeleteChangeSet', '');
  },
  ExecuteChangeSet: ({ state }) => {
    const { resources = {}, type = '' } = state.changeSet ?? {};
    Object.assign(state, { resources, status: `${type}_COMPLETE`, executedAt: new Date(Date.now() + 1_000) });
    return result('ExecuteChangeSet', '');
  },
  DeleteStack: ({ state }) => {
    delete state.status;
    return result('DeleteStack', '');
  },
  DescribeStackEvents: ({ state: { status } }) =>
    status
      ? result(
          'DescribeStackEvents',
          `<StackEvents>${[status, status.replace('_COMPLETE', '_IN_PROGRESS')].map(eventOf).join('')}</StackEvents>`,
        )
      : missing(),
  DescribeStackResource: ({ state }) =>
    'ServerlessDeploymentBucket' in state.resources
      ? result(
          'DescribeStackResource',
          `<StackResourceDetail><LogicalResourceId>ServerlessDeploymentBucket</LogicalResourceId><PhysicalResourceId>${bucket}</PhysicalResourceId></StackResourceDetail>`,
        )
      : missing(),
  ValidateTemplate: () => result('ValidateTemplate', ''),
  UpdateTerminationProtection: () => result('UpdateTerminationProtection', `<StackId>${stackId}</StackId>`),
  ListStackResources: () => result('ListStackResources', '<StackResourceSummaries/>'),
  ListExports: () => result('ListExports', '<Exports/>'),
  GetCallerIdentity: () => ({
    headers: { 'content-type': 'text/xml' },
    body: `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/test</Arn><UserId>test</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
  }),
  GetFunction: ({ state }) =>
    state.status === 'UPDATE_COMPLETE'
      ? json({ Configuration: { LastModified: state.executedAt.toISOString() } })
      : { status: 404, headers: { 'x-amzn-errortype': 'ResourceNotFoundException' }, body: '{}' },
  ListDurableExecutionsByFunction: () => json({ DurableExecutions: [] }),
  DescribeRepositories: () => ({
    status: 400,
    headers: { 'content-type': 'application/x-amz-json-1.1' },
    body: '{"__type":"RepositoryNotFoundException","message":"none"}',
  }),
  DescribeTable: ({ state }) => json({ Table: { TableName: 'table', TableStatus: 'ACTIVE', ...state.table } }),
  UpdateTable: ({ state, body }) => json({ Table: Object.assign(state.table, JSON.parse(body.toString())) }),
  HeadBucket: () => ({ headers: { 'x-amz-bucket-region': 'us-east-1' } }),
  PutObject: ({ state, request, body }) => {
    const hash = `${request.headers['x-amz-meta-filesha256']}`;
    state.objects.set(keyIn(request), { body: contentOf(request, body), hash, at: new Date() });
    return { headers: { etag: '"etag"' } };
  },
  HeadObject: ({ state, request }) => ({
    headers: { 'x-amz-meta-filesha256': state.objects.get(keyIn(request))?.hash ?? '' },
  }),
  ListObjectsV2: ({ state }) => ({ headers: { 'content-type': 'application/xml' }, body: listOf(state) }),
  DeleteObjects: ({ state, body }) => {
    for (const [, key = ''] of body.toString().matchAll(/<Key>([^<]+)/g)) state.objects.delete(key);
    return { headers: { 'content-type': 'application/xml' }, body: '<DeleteResult/>' };
  },
};

const failed = "<Status>FAILED</Status><StatusReason>The submitted information didn't contain changes.</StatusReason>";

const json = (body: object): Response => ({
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

const result = (action: string, content: string): Response => ({
  headers: { 'content-type': 'text/xml' },
  body: `<${action}Response xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><${action}Result>${content}</${action}Result></${action}Response>`,
});

const missing = (): Response => ({
  status: 400,
  headers: { 'content-type': 'text/xml' },
  body: '<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error><Code>ValidationError</Code><Message>Stack does not exist</Message></Error></ErrorResponse>',
});

const stackOf = ({ status }: State): string =>
  `<Stacks><member><StackName>stack</StackName><StackId>${stackId}</StackId><CreationTime>2026-11-01T00:00:00Z</CreationTime><StackStatus>${status}</StackStatus><Outputs/></member></Stacks>`;

const eventOf = (status: string): string =>
  `<member><EventId>${status}</EventId><StackId>${stackId}</StackId><StackName>stack</StackName><LogicalResourceId>stack</LogicalResourceId><ResourceType>AWS::CloudFormation::Stack</ResourceType><ResourceStatus>${status}</ResourceStatus><Timestamp>2026-11-01T00:00:00Z</Timestamp></member>`;

/** Returns the resources of the template that a call contains, or whose URL in S3 it contains. */
function templateOf({ objects }: State, { TemplateBody, TemplateURL = '' }: Call['parameters']): Resources {
  const key = decodeURIComponent(new URL(TemplateURL, 'http://s3').pathname.split('/').slice(2).join('/'));
  return JSON.parse(TemplateBody ?? `${objects.get(key)?.body}`).Resources;
}

/** Returns the changes from one template to another, as CloudFormation lists them. */
function changesBetween(before: Resources, after: Resources): string {
  const ids = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return ids.map((id) => changeOf(id, before[id], after[id])).join('');
}

function changeOf(id: string, before: Resource | undefined, after: Resource | undefined): string {
  const { Type = '' } = after ?? before ?? {};
  const changed = before && after ? namesOfChanges(before.Properties, after.Properties) : [];
  if (before && after && changed.length === 0) return '';
  const action = before ? (after ? 'Modify' : 'Remove') : 'Add';
  const details = changed.map((name) => `<member><Target><Name>${name}</Name></Target></member>`).join('');
  return `<member><Type>Resource</Type><ResourceChange><Action>${action}</Action><LogicalResourceId>${id}</LogicalResourceId><ResourceType>${Type}</ResourceType><Replacement>False</Replacement><Details>${details}</Details></ResourceChange></member>`;
}

const namesOfChanges = (before: object = {}, after: object = {}): string[] =>
  Object.keys({ ...before, ...after }).filter(
    (name) => JSON.stringify(Reflect.get(before, name)) !== JSON.stringify(Reflect.get(after, name)),
  );

const listOf = ({ objects }: State): string =>
  `<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>false</IsTruncated>${[...objects].map(([key, { at }]) => `<Contents><Key>${key}</Key><LastModified>${at.toISOString()}</LastModified></Contents>`).join('')}</ListBucketResult>`;

/** Returns the content of an upload. In a chunked upload, a line before each chunk has its size, and may have its signature. */
function contentOf({ headers }: IncomingMessage, body: Buffer): Buffer {
  if (!/aws-chunked/.test(headers['content-encoding'] ?? '')) return body;
  const chunks: Buffer[] = [];
  for (let at = 0, size = -1; size !== 0; ) {
    const end = body.indexOf('\r\n', at);
    size = Number.parseInt(body.toString('latin1', at, end), 16);
    chunks.push(body.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
  return Buffer.concat(chunks);
}

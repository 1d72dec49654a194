import {
  CloudFormationClient,
  DescribeStacksCommand,
  paginateListStackResources,
} from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, paginateDescribeLogGroups } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import {
  GetAccountSettingsCommand,
  GetFunctionConcurrencyCommand,
  LambdaClient,
  ListDurableExecutionsByFunctionCommand,
} from '@aws-sdk/client-lambda';
import type { Environment } from './environment.ts';

/** The inputs of a deployment of one stack. */
export interface Target {
  readonly region: string;
  /** The name of the stack, which is also the start of the names of its functions. */
  readonly stack: string;
  readonly environment: Environment;
  /** The text of the packaged template. */
  readonly template: string;
}

/** The result of a check. With `remedy`, the deployment would fail. */
export interface Result {
  readonly text: string;
  readonly remedy?: string;
}

interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties?: Properties }>>;
  readonly Outputs?: object;
}

interface Properties {
  readonly FunctionName?: string;
  readonly ReservedConcurrentExecutions?: number;
  readonly LogGroupName?: string;
}

/** The runs that Lambda keeps for functions without reserved concurrency. */
const unreservedMinimum = 100;

/** The quotas of CloudFormation, which cannot be raised. */
const templateLimits = { resources: 500, outputs: 200, bytes: 1_000_000 };

/** The states of a stack that no deployment can change. */
const finalStates = /^(ROLLBACK_COMPLETE|ROLLBACK_FAILED|CREATE_FAILED|DELETE_FAILED|REVIEW_IN_PROGRESS)$/;

/** Runs all checks. A check whose call fails is a fault, too. Nothing is changed. */
export async function checkTarget(target: Target): Promise<Result[]> {
  const checks = [
    ...[checkTemplate, checkStack, checkConcurrency, checkDurableFunctions, checkLinkedRole, checkTable],
    checkLogGroups,
  ];
  return Promise.all(
    checks.map((check) =>
      check(target).catch((error: Error) => unknown(`${check.name.slice(5)} (${error.name})`, error)),
    ),
  );
}

const unknown = (subject: string, { message }: Error): Result => ({
  text: `${subject}: cannot be read: ${message}`,
  remedy: 'Check the network, the credentials and their policy, then repeat.',
});

async function checkTemplate({ template }: Target): Promise<Result> {
  const { Resources, Outputs = {} } = JSON.parse(template) as Template;
  const counts = {
    resources: Object.keys(Resources).length,
    outputs: Object.keys(Outputs).length,
    bytes: Buffer.byteLength(template),
  };
  const kinds = Object.keys(counts) as (keyof typeof counts)[];
  const text = `Template: ${kinds.map((kind) => `${counts[kind]} of ${templateLimits[kind]} ${kind}`).join(', ')}`;
  const isTooLarge = kinds.some((kind) => counts[kind] > templateLimits[kind]);
  return isTooLarge ? { text, remedy: 'Use an auth with one API, or remove alarms.' } : { text };
}

async function checkStack({ region, stack }: Target): Promise<Result> {
  const status = await statusOf(region, stack);
  if (status === undefined) return { text: `Stack: ${stack} does not exist` };
  const text = `Stack: ${stack} is ${status}`;
  if (finalStates.test(status))
    return { text, remedy: `Remove it: aws cloudformation delete-stack --stack-name ${stack} --region ${region}` };
  return status.endsWith('_IN_PROGRESS') ? { text, remedy: 'Wait until it ends.' } : { text };
}

async function statusOf(region: string, StackName: string): Promise<string | undefined> {
  try {
    const { Stacks } = await new CloudFormationClient({ region }).send(new DescribeStacksCommand({ StackName }));
    return Stacks?.[0]?.StackStatus;
  } catch (error) {
    if (/does not exist/.test((error as Error).message)) return undefined;
    throw error;
  }
}

async function checkConcurrency({ region, template }: Target): Promise<Result> {
  const client = new LambdaClient({ region });
  const { AccountLimit } = await client.send(new GetAccountSettingsCommand({}));
  const reserved = reservedIn(template);
  const total = reserved.reduce((sum, { ReservedConcurrentExecutions = 0 }) => sum + ReservedConcurrentExecutions, 0);
  const former = await Promise.all(reserved.map(({ FunctionName }) => reservationOf(client, FunctionName)));
  const free = (AccountLimit?.UnreservedConcurrentExecutions ?? 0) + former.reduce((sum, one) => sum + one, 0);
  const text = `Concurrency: the functions reserve ${total} of ${free} free runs`;
  if (total === 0 || free - total >= unreservedMinimum) return { text };
  const most = Math.max(0, Math.floor((free - unreservedMinimum) / reserved.length));
  const smaller = most > 0 ? `Set concurrency to at most ${most}` : 'Remove concurrency';
  const quota = `ask for a higher quota: aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 --desired-value ${(AccountLimit?.ConcurrentExecutions ?? 0) + total + unreservedMinimum - free} --region ${region}`;
  return { text: `${text}, and ${unreservedMinimum} have to stay free`, remedy: `${smaller}, or ${quota}` };
}

const reservedIn = (template: string): Properties[] =>
  Object.values((JSON.parse(template) as Template).Resources).flatMap(({ Properties }) =>
    Properties?.ReservedConcurrentExecutions === undefined ? [] : [Properties],
  );

/** Returns the reserved concurrency of a function. 0 if the function does not exist. */
async function reservationOf(client: LambdaClient, FunctionName: string | undefined): Promise<number> {
  const reservation = client.send(new GetFunctionConcurrencyCommand({ FunctionName }));
  return reservation.then(
    ({ ReservedConcurrentExecutions = 0 }) => ReservedConcurrentExecutions,
    (error: Error) => {
      if (error.name === 'ResourceNotFoundException') return 0;
      throw error;
    },
  );
}

/** Asks for the durable executions of a function. unverified: a region without durable functions does not know the call. */
async function checkDurableFunctions({ region, stack }: Target): Promise<Result> {
  const text = `Durable functions: ${region} has them`;
  try {
    const command = new ListDurableExecutionsByFunctionCommand({ FunctionName: `${stack}-reconcile`, MaxItems: 1 });
    await new LambdaClient({ region }).send(command);
    return { text };
  } catch (error) {
    const { name, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
    if (name === 'ResourceNotFoundException') return { text };
    if ($metadata?.httpStatusCode !== 404) throw error;
    return { text: `Durable functions: ${region} has none`, remedy: 'Choose other apiRegions.' };
  }
}

async function checkLinkedRole({ region }: Target): Promise<Result> {
  const RoleName = 'AWSServiceRoleForElastiCache';
  try {
    await new IAMClient({ region }).send(new GetRoleCommand({ RoleName }));
    return { text: `Service-linked role: ${RoleName} exists` };
  } catch (error) {
    if ((error as Error).name !== 'NoSuchEntityException') throw error;
    const remedy = 'Make it: aws iam create-service-linked-role --aws-service-name elasticache.amazonaws.com';
    return { text: `Service-linked role: ${RoleName} does not exist`, remedy };
  }
}

/** Checks the table that the stack of the first region creates or adopts. */
async function checkTable(target: Target): Promise<Result> {
  const { region, stack, environment } = target;
  const name = environment.tableName ?? stack;
  const table = await describeTable(region, name);
  const isOwn = region === environment.apiRegions[0];
  if (!table)
    return isOwn
      ? { text: `Table: ${name} does not exist and is made` }
      : { text: `Table: ${name} has no replica in ${region} yet; the first stack makes it` };
  const keys = table.KeySchema?.map(({ AttributeName }) => AttributeName).join(', ');
  if (keys !== 'pk, sk')
    return { text: `Table: ${name} has the keys ${keys}, not pk, sk`, remedy: 'Choose another tableName.' };
  if (!isOwn || (await statusOf(region, stack))) return { text: `Table: ${name} exists` };
  if (environment.protected) return { text: `Table: ${name} exists and is adopted` };
  const remedy = 'Set protected: true to adopt it, choose another tableName, or delete the table.';
  return { text: `Table: ${name} exists, and the stack would make it`, remedy };
}

async function describeTable(region: string, TableName: string) {
  try {
    return (await new DynamoDBClient({ region }).send(new DescribeTableCommand({ TableName }))).Table;
  } catch (error) {
    if ((error as Error).name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

/** Checks the log groups of the stack for those that a removed stack has left, or that Lambda has created itself. */
async function checkLogGroups({ region, stack, environment, template }: Target): Promise<Result> {
  const names = logGroupsIn(template);
  const [existing, owned] = await Promise.all([existingLogGroups(region, stack), resourcesOf(region, stack)]);
  const left = names.filter((name) => existing.has(name) && !owned.has(name));
  const text = `Log groups: ${left.length} of ${names.length} exist without the stack`;
  if (left.length === 0 || environment.protected) return { text: left.length === 0 ? text : `${text} and are adopted` };
  const command = `aws logs delete-log-group --region ${region} --log-group-name`;
  return { text, remedy: `Set protected: true to adopt them, or delete each: ${command} ${left.join(', ')}` };
}

const logGroupsIn = (template: string): string[] =>
  Object.values((JSON.parse(template) as Template).Resources).flatMap(({ Type, Properties }) =>
    Type === 'AWS::Logs::LogGroup' ? (Properties?.LogGroupName ?? []) : [],
  );

/** Returns the names of the log groups that have the form of those of the stack. */
async function existingLogGroups(region: string, stack: string): Promise<Set<string>> {
  const client = new CloudWatchLogsClient({ region });
  const names = new Set<string>();
  for (const logGroupNamePrefix of [`/aws/lambda/${stack}-`, `/aws/http-api/${stack}`])
    for await (const { logGroups = [] } of paginateDescribeLogGroups({ client }, { logGroupNamePrefix }))
      for (const { logGroupName = '' } of logGroups) names.add(logGroupName);
  return names;
}

/** Returns the names of the resources that a stack has. One that does not exist has none. */
async function resourcesOf(region: string, StackName: string): Promise<Set<string>> {
  const names = new Set<string>();
  if ((await statusOf(region, StackName)) === undefined) return names;
  const client = new CloudFormationClient({ region });
  for await (const { StackResourceSummaries = [] } of paginateListStackResources({ client }, { StackName }))
    for (const { PhysicalResourceId = '' } of StackResourceSummaries) names.add(PhysicalResourceId);
  return names;
}

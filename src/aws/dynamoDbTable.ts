import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { config } from '../config.ts';
import { logger } from '../observability/logger.ts';
import { requestContext } from '../observability/requestContext.ts';
import { sdkDefaults } from './sdkDefaults.ts';

/** The primary key of an item. */
export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** The attributes of an item: strings and numbers. DynamoDB may delete the item after `expires` (epoch seconds). */
export type Values = Readonly<Record<string, string | number>>;

/** A condition expression, with the value of each `:name` in it. */
export interface Condition {
  readonly expression: string;
  readonly values?: Values;
}

/** Puts an item if the condition holds. Returns whether it did. Throws if DynamoDB fails, as every function here. */
export const putItem = (item: Key & Values, condition?: Condition): Promise<boolean> =>
  sendConditional((signal) =>
    client().send(
      new PutItemCommand({ TableName: config.table, Item: toAttributes(item), ...conditionInput(condition) }),
      signal,
    ),
  );

/** Updates attributes of an item, or creates it, if the condition holds. Returns whether it did. */
export const updateItem = ({ pk, sk }: Key, changes: Values, condition?: Condition): Promise<boolean> =>
  sendConditional((signal) =>
    client().send(
      new UpdateItemCommand({
        TableName: config.table,
        Key: toAttributes({ pk, sk }),
        UpdateExpression: `SET ${Object.keys(changes).map((name) => `#${name} = :new_${name}`)}`,
        ExpressionAttributeNames: Object.fromEntries(Object.keys(changes).map((name) => [`#${name}`, name])),
        ...(condition && { ConditionExpression: condition.expression }),
        ExpressionAttributeValues: {
          ...toAttributes(changes, ':new_'),
          ...toAttributes(condition?.values ?? {}, ':'),
        },
      }),
      signal,
    ),
  );

/** Returns the item, if it exists. The read is strongly consistent. */
export async function getItem({ pk, sk }: Key): Promise<Values | undefined> {
  const { Item } = await send((signal) =>
    client().send(
      new GetItemCommand({ TableName: config.table, Key: toAttributes({ pk, sk }), ConsistentRead: true }),
      signal,
    ),
  );
  return Item && fromAttributes(Item);
}

/** The range of a query: sort keys below `before` and above `after`, both exclusive. */
export interface Range {
  readonly limit: number;
  readonly before?: string;
  readonly after?: string;
}

/**
 * Returns at most `limit` items of a partition in a range, the latest first, and whether more follow. The read is strongly
 * consistent.
 */
export async function queryLatest(
  pk: string,
  { limit, before, after }: Range,
): Promise<{ items: Values[]; hasMore: boolean }> {
  const { Items = [], LastEvaluatedKey } = await send((signal) =>
    client().send(
      new QueryCommand({
        TableName: config.table,
        KeyConditionExpression: after === undefined ? 'pk = :pk' : 'pk = :pk AND sk > :after',
        ExpressionAttributeValues: toAttributes({ pk, ...(after !== undefined && { after }) }, ':'),
        ScanIndexForward: false,
        ConsistentRead: true,
        Limit: limit,
        ...(before !== undefined && { ExclusiveStartKey: toAttributes({ pk, sk: before }) }),
      }),
      signal,
    ),
  );
  return { items: Items.map(fromAttributes), hasMore: LastEvaluatedKey !== undefined };
}

/** Returns whether DynamoDB failed in the last 5 seconds. Optional calls are skipped then instead of waiting for a timeout. */
export const isTableUnavailable = (): boolean => Date.now() - unavailableSince < 5_000;

let unavailableSince = 0;

/** Runs the code of a call once, up to the network and back (src/http/priming.ts). */
export async function primeTable(): Promise<void> {
  const command = new PutItemCommand({ TableName: 'primed', Item: toAttributes({ pk: 'primed', sk: 'primed' }) });
  command.middlewareStack.add(
    () => async () => ({ response: { statusCode: 200, headers: {}, body: Buffer.from('{}') } }),
    { name: 'respondWithoutNetwork', step: 'deserialize', priority: 'low' },
  );
  await client().send(command);
}

const attemptMs = config.tableTimeoutMs / 2;

let cachedClient: DynamoDBClient | undefined;

/** Returns the client. It is created at first use, since many requests need no record. */
function client(): DynamoDBClient {
  cachedClient ??= new DynamoDBClient({
    region: config.region,
    endpoint: config.dynamodbEndpoint,
    maxAttempts: 2,
    ...sdkDefaults,
    accountIdEndpointMode: 'preferred', // this and the next are the defaults; the client reads what is missing from ~/.aws
    endpointDiscoveryEnabled: false,
    requestHandler: {
      connectionTimeout: attemptMs,
      requestTimeout: attemptMs,
      throwOnRequestTimeout: true,
      socketTimeout: attemptMs,
    },
  });
  return cachedClient;
}

type TableCall<Output> = (options: { readonly abortSignal: AbortSignal }) => Promise<Output>;

async function sendConditional(call: TableCall<unknown>): Promise<boolean> {
  try {
    await send(call);
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

async function send<Output>(call: TableCall<Output>): Promise<Output> {
  try {
    const output = await call({ abortSignal: AbortSignal.timeout(config.tableTimeoutMs) });
    unavailableSince = 0;
    return output;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) {
      unavailableSince = Date.now();
      const { metrics } = requestContext();
      metrics.TableErrors = (metrics.TableErrors ?? 0) + 1;
      logger.error('table call failed', { error });
    }
    throw error;
  }
}

const conditionInput = (condition: Condition | undefined) =>
  condition && {
    ConditionExpression: condition.expression,
    ...(condition.values && { ExpressionAttributeValues: toAttributes(condition.values, ':') }),
  };

const toAttributes = (values: Values, prefix = ''): Record<string, AttributeValue> =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      prefix + name,
      typeof value === 'number' ? { N: String(value) } : { S: value },
    ]),
  );

const fromAttributes = (attributes: Record<string, AttributeValue>): Values =>
  Object.fromEntries(Object.entries(attributes).map(([name, { S, N }]) => [name, S ?? Number(N)]));

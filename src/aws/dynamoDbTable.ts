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

/** Where an item stands. */
export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** What an item holds: texts and numbers. `expires` (epoch seconds) is when DynamoDB may drop it. */
export type Values = Readonly<Record<string, string | number>>;

/** A condition expression, with the value of each `:name` in it. */
export interface Condition {
  readonly expression: string;
  readonly values?: Values;
}

/** Puts an item if the condition holds; tells whether it did. Throws when DynamoDB is in trouble, as all of these do. */
export const putItem = (item: Key & Values, condition?: Condition): Promise<boolean> =>
  sendConditional((signal) =>
    client().send(
      new PutItemCommand({ TableName: config.table, Item: toAttributes(item), ...conditionInput(condition) }),
      signal,
    ),
  );

/** Sets some values of an item if the condition holds; tells whether it did. */
export const updateItem = ({ pk, sk }: Key, changes: Values, condition: Condition): Promise<boolean> =>
  sendConditional((signal) =>
    client().send(
      new UpdateItemCommand({
        TableName: config.table,
        Key: toAttributes({ pk, sk }),
        UpdateExpression: `SET ${Object.keys(changes).map((name) => `#${name} = :new_${name}`)}`,
        ExpressionAttributeNames: Object.fromEntries(Object.keys(changes).map((name) => [`#${name}`, name])),
        ConditionExpression: condition.expression,
        ExpressionAttributeValues: {
          ...toAttributes(changes, ':new_'),
          ...toAttributes(condition.values ?? {}, ':'),
        },
      }),
      signal,
    ),
  );

/** The item as it is now, if there is one. */
export async function getItem({ pk, sk }: Key): Promise<Values | undefined> {
  const { Item } = await send((signal) =>
    client().send(
      new GetItemCommand({ TableName: config.table, Key: toAttributes({ pk, sk }), ConsistentRead: true }),
      signal,
    ),
  );
  return Item && fromAttributes(Item);
}

/** The latest items of a partition, as many as `most`, older than the one at `marker` if given; and where to go on from. */
export async function queryLatest(
  pk: string,
  most: number,
  marker?: string,
): Promise<{ items: Values[]; marker?: string }> {
  const { Items = [], LastEvaluatedKey } = await send((signal) =>
    client().send(
      new QueryCommand({
        TableName: config.table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: pk } },
        ScanIndexForward: false,
        Limit: most,
        ...(marker && { ExclusiveStartKey: toAttributes({ pk, sk: marker }) }),
      }),
      signal,
    ),
  );
  return { items: Items.map(fromAttributes), marker: LastEvaluatedKey?.sk?.S };
}

/** Whether the last call, a moment ago, found DynamoDB in trouble: what can do without it does not wait for it then. */
export const isTableUnavailable = (): boolean => Date.now() - unavailableSince < 5_000;

let unavailableSince = 0;

/** Goes the way of a call once, up to the network and back from there; see src/http/priming.ts. */
export async function primeTable(): Promise<void> {
  const command = new PutItemCommand({ TableName: 'primed', Item: toAttributes({ pk: 'primed', sk: 'primed' }) });
  command.middlewareStack.add(
    () => async () => ({ response: { statusCode: 200, headers: {}, body: Buffer.from('{}') } }),
    { name: 'answersItself', step: 'deserialize', priority: 'low' },
  );
  await client().send(command);
}

const attemptMs = config.tableTimeoutMs / 2;

let cachedClient: DynamoDBClient | undefined;

/** Made when it is asked for: many a request needs no record. */
function client(): DynamoDBClient {
  cachedClient ??= new DynamoDBClient({
    region: config.region,
    endpoint: config.dynamodbEndpoint,
    maxAttempts: 2,
    ...sdkDefaults,
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
      requestContext().tableErrors++;
      logger.error('table', error as Error);
    }
    throw error;
  }
}

const conditionInput = (condition: Condition | undefined) =>
  condition && {
    ConditionExpression: condition.expression,
    ...(condition.values && { ExpressionAttributeValues: toAttributes(condition.values, ':') }),
  };

const toAttributes = (given: Values, prefix = ''): Record<string, AttributeValue> =>
  Object.fromEntries(
    Object.entries(given).map(([name, value]) => [
      prefix + name,
      typeof value === 'number' ? { N: String(value) } : { S: value },
    ]),
  );

const fromAttributes = (given: Record<string, AttributeValue>): Values =>
  Object.fromEntries(Object.entries(given).map(([name, { S, N }]) => [name, S ?? Number(N)]));

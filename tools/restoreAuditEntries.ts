import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { ConditionalCheckFailedException, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';

const usage = `npm run audit:restore -- [--table NAME] [--region REGION] < log.ndjson

Reads log lines and puts the audit entries of the lines with the message "audit entry lost" into the table. A line is JSON, with
or without a time before it as in exports of CloudWatch Logs. An entry that is in the table stays as it is, so the command can be
repeated. By default the table is TABLE_NAME and the region is AWS_REGION. The exit code is 1 if an entry was not put.`;

const lostMessage = 'audit entry lost';

/** The result for the entry in a line. */
type Result = 'put' | 'there already' | 'failed';

/** The item of an audit entry: strings and numbers. */
type Item = Readonly<Record<string, string | number>>;

const { values: options } = parseArgs({
  options: {
    table: { type: 'string', default: process.env.TABLE_NAME },
    region: { type: 'string', default: process.env.AWS_REGION },
    help: { type: 'boolean' },
  },
});

if (options.help) console.log(usage);
else if (options.table && options.region) await restore(options.table, new DynamoDBClient({ region: options.region }));
else {
  console.error(`The name of the table or the region is missing.\n\n${usage}`);
  process.exitCode = 1;
}

async function restore(table: string, client: DynamoDBClient): Promise<void> {
  const counts: Record<Result, number> = { put: 0, 'there already': 0, failed: 0 };
  let lineNumber = 0;
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    lineNumber++;
    try {
      const item = parseLostItem(line);
      if (item) counts[await putItem(client, table, item)]++;
    } catch (error) {
      counts.failed++;
      console.error(`Line ${lineNumber}: ${(error as Error).message}`);
    }
  }
  console.log(`${counts.put} put, ${counts['there already']} there already, ${counts.failed} failed`);
  if (counts.failed > 0) process.exitCode = 1;
}

/** Returns the item in a log line. Returns undefined for any other line. */
function parseLostItem(line: string): Item | undefined {
  if (!line.includes(lostMessage)) return undefined;
  const { message, item } = parseJson(line.slice(line.indexOf('{')));
  if (message !== lostMessage) return undefined;
  if (isAuditItem(item)) return item;
  throw new Error('The line has no audit entry.');
}

function parseJson(text: string): { readonly message?: unknown; readonly item?: unknown } {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('The line is not JSON. It may be cut off.');
  }
}

function isAuditItem(item: unknown): item is Item {
  if (typeof item !== 'object' || item === null) return false;
  const { pk, sk, entry } = item as Readonly<Record<string, unknown>>;
  const isKnown =
    typeof pk === 'string' && pk.startsWith('AUDIT#') && typeof sk === 'string' && typeof entry === 'string';
  return isKnown && Object.values(item).every((value) => typeof value === 'string' || typeof value === 'number');
}

async function putItem(client: DynamoDBClient, table: string, item: Item): Promise<Result> {
  const Item = Object.fromEntries(
    Object.entries(item).map(([name, value]) => [name, typeof value === 'number' ? { N: `${value}` } : { S: value }]),
  );
  try {
    await client.send(new PutItemCommand({ TableName: table, Item, ConditionExpression: 'attribute_not_exists(pk)' }));
    return 'put';
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return 'there already';
    throw error;
  }
}

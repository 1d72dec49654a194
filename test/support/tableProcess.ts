import { startDynamoDB } from '../../local/dynamoDb.ts';
import { stackName } from '../../local/environment.ts';

// Runs a DynamoDB with the table of the API in its own process and prints its URL: node test/support/tableProcess.ts. With
// clock.ts, it runs with another clock than the tests.
const { url, createTable } = await startDynamoDB();
await createTable(stackName);
console.log(url);

import { startDynamoDB } from '../../local/dynamoDb.ts';
import { stackName } from '../../local/environment.ts';

// A DynamoDB with the table of the API in a process of its own, to run at another time: node test/support/tableProcess.ts. It
// prints its URL.
const { url, createTable } = await startDynamoDB();
await createTable(stackName);
console.log(url);

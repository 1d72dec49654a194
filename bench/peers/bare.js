// The same SDK call without a framework.
import { create } from './job.js';

export const handler = async (event) => {
  const { status, body } = await create(JSON.parse(event.body));
  return { statusCode: status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
};

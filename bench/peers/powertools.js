// https://docs.aws.amazon.com/powertools/typescript/latest/features/event-handler/http/
import { Router } from '@aws-lambda-powertools/event-handler/http';
import { create, violations } from './job.js';

const app = new Router();

const json = (status, body) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });

app.post('/global-datastores', async ({ req }) => {
  const body = await req.json().catch(() => undefined);
  const errors = violations(body);
  if (errors) return json(400, { errors });
  const answer = await create(body);
  return json(answer.status, answer.body);
});

export const handler = async (event, context) => app.resolve(event, context);

// https://hono.dev/docs/getting-started/aws-lambda
import { Hono } from 'hono';
import { handle } from 'hono/aws-lambda';
import { validator } from 'hono/validator';
import { create, violations } from './job.js';

const app = new Hono();

app.post(
  '/global-datastores',
  validator('json', (body, context) => {
    const errors = violations(body);
    return errors ? context.json({ errors }, 400) : body;
  }),
  async (context) => {
    const { status, body } = await create(context.req.valid('json'));
    return context.json(body, status);
  },
);

export const handler = handle(app);

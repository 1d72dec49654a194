// https://fastify.dev/docs/latest/Guides/Serverless/ and https://github.com/fastify/aws-lambda-fastify#readme
import awsLambdaFastify from '@fastify/aws-lambda';
import fastify from 'fastify';
import { createRequest } from '../../src/schemas/createGlobalDatastore.ts';
import { create } from './job.js';

const app = fastify({
  ajv: {
    customOptions: {
      removeAdditional: false,
      coerceTypes: false,
      allErrors: true,
      strict: false,
      formats: { 'aws-region': true },
    },
  },
});

app.post('/global-datastores', { schema: { body: createRequest } }, async (request, reply) => {
  const { status, body } = await create(request.body);
  return reply.status(status).send(body);
});

const proxy = awsLambdaFastify(app);
export const handler = (event, context) => proxy(event, context);
/** Must be awaited before the first request. */
export const prime = () => app.ready();

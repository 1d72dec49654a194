// https://middy.js.org/docs/intro/getting-started and https://middy.js.org/docs/middlewares/validator: the schema is compiled
// when the function starts, as that page shows first.
import middy from '@middy/core';
import httpErrorHandler from '@middy/http-error-handler';
import httpJsonBodyParser from '@middy/http-json-body-parser';
import validator from '@middy/validator';
import { transpileSchema } from '@middy/validator/transpile';
import { createRequest } from '../../src/schemas/createGlobalDatastore.ts';
import { create } from './job.js';

const eventSchema = { type: 'object', required: ['body'], properties: { body: createRequest } };

export const handler = middy()
  .use(httpJsonBodyParser())
  .use(
    validator({
      eventSchema: transpileSchema(eventSchema, { strict: false, coerceTypes: false, formats: { 'aws-region': true } }),
    }),
  )
  .use(httpErrorHandler())
  .handler(async (event) => {
    const { status, body } = await create(event.body);
    return { statusCode: status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  });

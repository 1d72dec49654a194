// https://expressjs.com/en/starter/hello-world.html and https://github.com/dougmoscrop/serverless-http#readme
import express from 'express';
import serverless from 'serverless-http';
import { create, violations } from './job.js';

const app = express();

app.use(express.json());
app.post('/global-datastores', async (request, response) => {
  const errors = violations(request.body);
  if (errors) return response.status(400).json({ errors });
  const { status, body } = await create(request.body);
  response.status(status).json(body);
});

const serve = serverless(app);
export const handler = (event, context) => serve(event, context);

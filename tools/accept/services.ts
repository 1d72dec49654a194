import { request } from 'node:http';
import { request as secureRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import {
  LambdaClient,
  ListDurableExecutionsByFunctionCommand,
  StopDurableExecutionCommand,
} from '@aws-sdk/client-lambda';
import { type OwnStatus, ownResponse } from '../../local/apiGateway/ownResponse.ts';

/** Thrown by an experiment that cannot be tried here. */
export class NotTried extends Error {}

/** Where the API is deployed. */
export interface Deployment {
  readonly url: string;
  /** The region of the API. */
  readonly region: string;
  /** The name of the stack. */
  readonly stack: string;
}

/** A call to API Gateway or Lambda, with the result of their replacement in `npm start`. */
export interface ServiceExperiment {
  readonly name: string;
  readonly look: (deployment: Deployment) => Promise<string>;
  readonly expected: string;
}

const textOf = (status: OwnStatus): string => `${status} ${ownResponse(status, '').body}`;

export const serviceExperiments: readonly ServiceExperiment[] = [
  {
    name: 'API: headers that are too large',
    look: ({ url }) => ask(url, '/health', { 'x-filler': 'x'.repeat(11_000) }),
    expected: textOf(431),
  },
  { name: 'API: broken encoding in a path', look: ({ url }) => ask(url, '/health%zz'), expected: textOf(400) },
  {
    name: 'API: encoded path of a route',
    look: async ({ url }) => (await ask(url, '/%68ealth')).slice(0, 3),
    expected: '200',
  },
  {
    name: 'API: no signature',
    look: ({ url }) => {
      if (url.startsWith('http:')) throw new NotTried('An API over HTTP is a local one, which has no authorizer.');
      return ask(url, '/global-datastores');
    },
    expected: textOf(403),
  },
  {
    name: 'durable executions: broken marker',
    look: (deployment) => outcomeOf(list(deployment, { Marker: 'x' })),
    expected: 'InvalidParameterValueException: Invalid Marker.',
  },
  {
    name: 'durable executions: stop of an ended one',
    look: async (deployment) => {
      const { DurableExecutions: [ended] = [] } = await list(deployment, { Statuses: ['SUCCEEDED'] });
      if (!ended) throw new NotTried('No operation has ended yet. Run one first.');
      const { DurableExecutionArn } = ended;
      const client = new LambdaClient({ region: deployment.region });
      return outcomeOf(client.send(new StopDurableExecutionCommand({ DurableExecutionArn })));
    },
    expected: 'accepted',
  },
];

const list = ({ region, stack }: Deployment, filter: { Marker?: string; Statuses?: ['SUCCEEDED'] }) =>
  new LambdaClient({ region }).send(
    new ListDurableExecutionsByFunctionCommand({ FunctionName: `${stack}-reconcile`, ...filter }),
  );

/** Sends a request whose path is not normalized, as `fetch` would do. Returns the status and the body. */
async function ask(url: string, path: string, headers: Record<string, string> = {}): Promise<string> {
  const { protocol, hostname, port } = new URL(url);
  const send = protocol === 'https:' ? secureRequest : request;
  return new Promise((resolve, reject) => {
    send({ hostname, port, path, headers, timeout: 30_000 }, async (response) => {
      resolve(`${response.statusCode} ${await text(response)}`);
    })
      .on('error', reject)
      .end();
  });
}

async function outcomeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'accepted';
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata?: object };
    if (!$metadata) throw error; // no response of AWS
    return `${name}: ${message}`;
  }
}

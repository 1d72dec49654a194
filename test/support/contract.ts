import { appendFileSync } from 'node:fs';
import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { inject } from 'vitest';
import openapi from '../../openapi.json' with { type: 'json' };
import { API_PROBLEMS, type Code, problemType } from '../../src/problems/problemTypes.ts';
import type { Header, OpenApi, Operation, Response as Promised } from '../../tools/openapi/document.ts';

/** An answer as it came over the wire. */
export interface Answer {
  readonly status: number;
  /** By lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/**
 * Holds an answer against what openapi.json promises for its route and status: the status itself, the headers, the media
 * type, the body. Throws when the promise is broken; else counts the pair as seen.
 */
export function keepsContract(method: string, path: string, answer: Answer): void {
  const operation = operationAt(method, path);
  const broken = operation ? check(operation, method, answer) : checkElsewhere(method, answer);
  if (broken) throw new Error(`${method} ${path} broke the contract: ${broken}\n${answer.status} ${answer.text}`);
  if (operation) count(`${operation.operationId} ${answer.status}`);
}

/** `fetch` that keeps an eye on the contract; for what answers as this API does. */
export async function fetchByContract(url: string | URL, init: RequestInit = {}): Promise<Response> {
  const answer = await fetch(url, init);
  const { status, headers } = answer;
  const text = await answer.clone().text();
  keepsContract(init.method ?? 'GET', new URL(url).pathname, { status, headers: Object.fromEntries(headers), text });
  return answer;
}

/** Every status that openapi.json promises for an operation, with the codes of its problems. */
export function promised(operationId: string): { status: string; codes: string[] }[] {
  const operations = Object.values(contract.paths).flatMap((methods) => Object.values(methods));
  const { responses = {} } = operations.find((operation) => operation.operationId === operationId) ?? {};
  return Object.entries(responses).map(([status, response]) => {
    const { content } = resolved<Promised>(response) ?? {};
    return { status, codes: Object.keys(content?.['application/problem+json']?.examples ?? {}) };
  });
}

const contract = openapi as unknown as OpenApi;
const places = Object.entries(contract.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    method: method.toUpperCase(), // HTTP tells upper from lower case here
    pattern: template(path),
    operation,
  })),
);
const ajv = new Ajv2020({ allErrors: true, strict: false, formats: { 'aws-region': true } });
addFormats.default(ajv);
ajv.addSchema(contract, 'contract');

function operationAt(method: string, path: string): Operation | undefined {
  const served = method === 'HEAD' ? 'GET' : method;
  return places.find((place) => place.method === served && place.pattern.test(path))?.operation;
}

function check({ responses }: Operation, method: string, answer: Answer): string | undefined {
  const promised = resolved<Promised>(responses[answer.status]);
  if (!promised) return `the status ${answer.status} is not documented`;
  return checkHeaders(promised, answer) ?? checkBody(method === 'HEAD' ? undefined : promised.content, answer);
}

/** Where no route is, only two problems may be answered. */
function checkElsewhere(method: string, answer: Answer): string | undefined {
  if (answer.status !== 404 && answer.status !== 405) return `no route is there, yet the status is ${answer.status}`;
  if (answer.status === 405 && !answer.headers.allow) return 'the header Allow is missing';
  return checkBody(method === 'HEAD' ? undefined : { 'application/problem+json': { schema: problem } }, answer);
}

const problem = { $ref: '#/components/schemas/Problem' };

function checkHeaders({ headers = {} }: Promised, { headers: given }: Answer): string | undefined {
  for (const [name, described] of Object.entries(headers)) {
    const { required, schema } = resolved<Header & { schema: { type?: string } }>(described) ?? { schema: {} };
    const value = given[name.toLowerCase()];
    if (value === undefined && required) return `the header ${name} is missing`;
    const validate = compiled(schema);
    if (value !== undefined && !validate(schema.type === 'integer' ? Number(value) : value)) {
      return `the header ${name}: ${value}${told(validate)}`;
    }
  }
  return given['x-request-id'] ? undefined : 'the header X-Request-Id is missing';
}

function checkBody(content: Promised['content'], { headers, text }: Answer): string | undefined {
  if (!content) return text === '' ? undefined : 'there should be no body';
  const [type = ''] = (headers['content-type'] ?? 'none').split(';');
  const { schema, examples } = content[type] ?? {};
  if (!schema) return `the media type ${type} is not documented`;
  const validate = compiled(schema);
  if (!validate(JSON.parse(text))) return `the body${told(validate)}`;
  const { code } = JSON.parse(text) as { code?: Code };
  if (code === undefined) return undefined;
  if (problemType(code).retryAfter !== undefined && !headers['retry-after']) return `${code} comes without Retry-After`;
  const ours = Object.hasOwn(API_PROBLEMS, code) && examples !== undefined; // AWS may answer more than it documents
  return ours && !Object.hasOwn(examples, code) ? `the code ${code} is not documented` : undefined;
}

const validators = new Map<string, ValidateFunction>();

/** A part of the contract as a validator; references lead into the whole. */
function compiled(schema: object): ValidateFunction {
  const text = JSON.stringify(schema).replaceAll('"$ref":"#', '"$ref":"contract#');
  const validator = validators.get(text) ?? ajv.compile(JSON.parse(text));
  validators.set(text, validator);
  return validator;
}

function resolved<T>(described: object | undefined): T | undefined {
  const { $ref } = (described ?? {}) as { $ref?: string };
  if ($ref === undefined) return described as T | undefined;
  const [, , kind = '', name = ''] = $ref.split('/');
  return contract.components[kind]?.[name] as T | undefined;
}

const told = ({ errors }: ValidateFunction) =>
  (errors ?? []).map(({ instancePath, message }) => ` ${instancePath} ${message}`).join(';');

function template(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`);
}

const seen = new Set<string>();

function count(pair: string): void {
  if (seen.has(pair)) return;
  seen.add(pair);
  appendFileSync(inject('contractSeen'), `${pair}\n`);
}

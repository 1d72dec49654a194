import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { PROBLEM_TYPES } from '../../src/problems/problemTypes.ts';
import { ajv } from '../../src/schemas/ajv.ts';
import { problem } from '../../src/schemas/problem.ts';
import { type Route, schemasOf } from '../../src/schemas/route.ts';
import { routes } from '../../src/schemas/routes.ts';
import type { Ref } from '../../tools/openapi/components.ts';
import type { Operation } from '../../tools/openapi/document.ts';
import { exampleOf } from '../../tools/openapi/exampleFromSchema.ts';
import { generateOpenApi } from '../../tools/openapi/generate.ts';
import type { Response } from '../../tools/openapi/responses.ts';

const published = await generateOpenApi();
const named: [string, Route][] = Object.entries(routes);

describe('the OpenAPI document', () => {
  it('equals openapi.json (npm run generate writes it)', () => {
    expect(JSON.parse(readFileSync('openapi.json', 'utf8'))).toEqual(published);
  });

  it('is valid OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(published));

    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
  });

  it('resolves every reference, and has no component without a reference', () => {
    const text = JSON.stringify(published);
    const leads = new Set([...text.matchAll(/"\$ref":"#\/components\/([^"]+)"/g)].map(([, place]) => place));
    const { securitySchemes: _, ...kinds } = published.components;

    const components = Object.entries(kinds).flatMap(([kind, some]) =>
      Object.keys(some).map((name) => `${kind}/${name}`),
    );

    expect([...leads].sort()).toEqual(components.sort());
  });
});

describe('the published schemas', () => {
  it.each(named)('allow no other members and values in the request of %s than its validator', (_, { path, method }) => {
    const { parameters, requestBody } = publishedOperation(path, method);
    const closed = JSON.stringify(resolved([parameters, requestBody]));

    expect(closed).not.toContain('x-known-values');
    expect(requestBody === undefined || closed.includes('"additionalProperties":false')).toBe(true);
  });

  it.each(named)('allow new members and values in the responses of %s', (_, { path, method }) => {
    const { responses } = publishedOperation(path, method);
    const open = JSON.stringify(resolved(responses));

    expect(open).not.toMatch(/"(additionalProperties":false|enum":|const":|oneOf":)/);
  });

  it('name the values that are known today', () => {
    expect(published.components.schemas?.Problem).toMatchObject({
      properties: { code: { type: 'string', 'x-known-values': Object.keys(PROBLEM_TYPES) } },
    });
    expect(published.components.headers['Idempotency-Replayed']).toMatchObject({
      schema: { type: 'string', description: 'Known values: true.', 'x-known-values': ['true'] },
    });
  });
});

describe.each(named)('the operation %s', (name, route) => {
  const operation = publishedOperation(route.path, route.method);

  it('has an example of a body that its own schema accepts', () => {
    if (!route.body) return expect(operation).not.toHaveProperty('requestBody');
    const validate = ajv({ formats: { 'aws-region': true } }).compile(route.body);

    validate(exampleOf(route.body));

    expect(validate.errors ?? []).toEqual([]);
    expect(operation).toHaveProperty(['requestBody', 'content', 'application/json', 'example']);
  });

  it('needs authorization in the document as it does in serverless.yml', () => {
    const { events } = parse(readFileSync('serverless.yml', 'utf8'), { logLevel: 'error' }).functions[name];
    const authorized = events.every(({ httpApi }: { httpApi: { authorizer?: unknown } }) => httpApi.authorizer);

    expect(operation.security === undefined).toBe(authorized);
  });
});

it.each(
  Object.entries(published.components.examples ?? {}).filter(([name]) => (name.split('.')[0] ?? '') in PROBLEM_TYPES),
)('the example of %s is valid in the schema of problems', (name, example) => {
  const [code = '', after] = name.split('.');
  const { status } = PROBLEM_TYPES[code as keyof typeof PROBLEM_TYPES];
  const validate = ajv({ formats: { uri: true, 'uri-reference': true, 'date-time': true } }).compile(problem);

  validate((example as { value: unknown }).value);

  expect(validate.errors ?? []).toEqual([]);
  expect(example).toMatchObject({ value: { code, status: after ? Number(after) : status } });
});

describe.each(named)('the responses of %s', (name, route) => {
  const operation = publishedOperation(route.path, route.method);

  it.each(Object.entries(route.responses))('have a recorded example of %s that the strict schema accepts', (status) => {
    const { examples = {} } = jsonOf(operation.responses[status] as Response | Ref);
    const own = Object.entries(examples as Readonly<Record<string, Ref>>).filter(([key]) =>
      [name, 'DryRun'].includes(key),
    );
    const formats = { 'aws-region': true, 'date-time': true } as const;
    const validate = ajv({ formats }).compile(route.responses[Number(status)] as object);

    const rejected = own.filter(([, example]) => !validate((componentAt(example) as { value: unknown }).value));

    expect(own.map(([key]) => key)).toContain(name);
    expect(rejected).toEqual([]);
  });

  it('have an example of a dry run where there is one', () => {
    const { examples = {} } = jsonOf(operation.responses[200] as Response | Ref);

    expect('DryRun' in examples).toBe('DryRun' in (route.query?.properties ?? {}));
  });
});

describe('a schema of a request', () => {
  it.each(named)('limits the characters of every text: %s', (_, route) => {
    const { path, query, body } = schemasOf(route);

    expect([path, query, body].flatMap((schema) => openTexts(schema ?? {}))).toEqual([]);
  });
});

/** Returns the places of a schema that accept any text. The XML of ElastiCache cannot contain every text. */
function openTexts(schema: object, place = '#'): string[] {
  const inner = Object.entries(schema).filter(([, value]) => typeof value === 'object' && value !== null);
  const open = 'type' in schema && schema.type === 'string' && !closing.some((keyword) => keyword in schema);
  return [...(open ? [place] : []), ...inner.flatMap(([name, value]) => openTexts(value, `${place}/${name}`))];
}

const closing = ['pattern', 'enum', 'const', 'format'];

function publishedOperation(path: string, method: string): Operation {
  return published.paths[path]?.[method.toLowerCase()] as Operation;
}

/** Returns the JSON content of a response or of the component that it refers to. */
function jsonOf(response: Response | Ref): { examples?: object } {
  const { content } = '$ref' in response ? (componentAt(response) as Response) : response;
  return content?.['application/json'] ?? {};
}

function componentAt({ $ref }: Ref): object | undefined {
  const [, , kind = '', name = ''] = $ref.split('/');
  return published.components[kind]?.[name];
}

/** Returns a part of the document without its examples and with all references replaced. */
function resolved(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(resolved);
  if ('$ref' in value) return resolved(componentAt(value as Ref));
  const members = Object.entries(value).filter(([key]) => key !== 'examples' && key !== 'example');
  return Object.fromEntries(members.map(([key, inner]) => [key, resolved(inner)]));
}

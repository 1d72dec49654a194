import { signal } from '@preact/signals';
import { reads } from './api.ts';

/** A JSON Schema of the contract, as far as forms need it. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly examples?: readonly unknown[];
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  /** 0 if the contract distinguishes an empty list from no list. */
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly writeOnly?: boolean;
}

interface Parameter {
  readonly $ref?: string;
  readonly name: string;
  readonly in: string;
  readonly description?: string;
  readonly schema: Schema;
}

interface RawOperation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: Schema } } };
}

/** The OpenAPI document of the API, as far as forms need it. */
interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, RawOperation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** The contract of one operation of the API. */
export interface OperationContract {
  readonly summary: string;
  readonly description: string;
  /** The members of the input that are no part of the path: those of the body, and of the query without DryRun. */
  readonly input: Schema;
  readonly takesIfMatch: boolean;
}

/** The contract. Undefined until it is loaded. */
export const contract = signal<OpenApi | undefined>(undefined);

let loading: Promise<void> | undefined;

/** Loads the contract once. The next call retries a load that failed. */
export function loadContract(): Promise<void> {
  loading ??= readContract();
  return loading;
}

async function readContract(): Promise<void> {
  try {
    contract.value = (await reads.getOpenApi({})) as unknown as OpenApi;
  } catch (error) {
    loading = undefined;
    throw error;
  }
}

/** Returns a schema without its reference. */
export function resolve(document: OpenApi, schema: Schema): Schema {
  if (!schema.$ref) return schema;
  const { $ref, ...rest } = schema;
  return { ...resolve(document, find(document, $ref) as Schema), ...rest };
}

/** Returns the contract of an operation. */
export function describeOperation(document: OpenApi, operationId: string): OperationContract | undefined {
  const found = routesOf(document).find(({ operation }) => operation.operationId === operationId);
  return found && toContract(document, found.operation);
}

/** Returns the operation of a method and a path, with the values that are in the path and in the query. */
export function findOperation(
  document: OpenApi,
  method: string,
  href: string,
): { operationId: string; values: Record<string, unknown> } | undefined {
  const { pathname, searchParams } = new URL(href, location.origin);
  for (const { path, verb, operation } of routesOf(document)) {
    const inPath = verb === method.toUpperCase() ? matchPath(path, pathname) : undefined;
    if (inPath) return { operationId: operation.operationId, values: { ...inPath, ...parseQuery(searchParams) } };
  }
  return undefined;
}

/** Returns the summary of a route such as `POST /global-datastores`. */
export const summaryOf = (document: OpenApi | undefined, route: string): string =>
  (document && routesOf(document).find(({ path, verb }) => `${verb} ${path}` === route)?.operation.summary) ?? route;

const routesOf = (document: OpenApi) =>
  Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([verb, operation]) => ({ path, verb: verb.toUpperCase(), operation })),
  );

function toContract(document: OpenApi, operation: RawOperation): OperationContract {
  const { summary, description = '', parameters = [], requestBody } = operation;
  const body = requestBody && resolve(document, requestBody.content['application/json'].schema);
  const known = parameters.map((parameter) =>
    parameter.$ref ? (find(document, parameter.$ref) as Parameter) : parameter,
  );
  const inQuery = known.filter(({ in: place, name }) => place === 'query' && name !== 'DryRun');
  return {
    summary,
    description: [description, body?.description].filter(Boolean).join(' '),
    input: {
      ...body,
      type: 'object',
      properties: {
        ...body?.properties,
        ...Object.fromEntries(
          inQuery.map(({ name, schema, description: text = '' }) => [name, { description: text, ...schema }]),
        ),
      },
    },
    takesIfMatch: known.some(({ name }) => name === 'If-Match'),
  };
}

const find = (document: OpenApi, reference: string): unknown =>
  reference
    .replace('#/', '')
    .split('/')
    .reduce<unknown>((place, name) => (place as Record<string, unknown>)[name], document);

function matchPath(template: string, pathname: string): Record<string, string> | undefined {
  const pattern = template.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)');
  const groups = new RegExp(`^${pattern}$`).exec(pathname);
  if (!groups) return undefined;
  return Object.fromEntries(
    Object.entries(groups.groups ?? {}).map(([name, text]) => [name, decodeURIComponent(text)]),
  );
}

const parseQuery = (query: URLSearchParams): Record<string, unknown> =>
  Object.fromEntries([...query].map(([name, text]) => [name, text === 'true' ? true : text]));

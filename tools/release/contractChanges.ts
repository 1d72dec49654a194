/** A difference between two versions of the contract. */
export interface ContractChange {
  /** True if a caller of the former version can fail because of it. */
  readonly isBreaking: boolean;
  readonly text: string;
}

/** The parts of an OpenAPI document that are compared. */
export interface ContractDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, ContractOperation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

interface ContractOperation {
  readonly parameters?: readonly unknown[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, unknown>>;
  readonly deprecated?: boolean;
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema?: unknown }>>;
}

interface ParameterObject {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema?: unknown;
}

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
  readonly items?: unknown;
  readonly anyOf?: readonly unknown[];
  readonly [keyword: string]: unknown;
}

/**
 * Returns the differences between two versions of the contract. A request must stay valid, and a response must keep its members
 * with their types. Additions are new routes, new optional members of requests, and new members, values and statuses of
 * responses: callers ignore unknown ones.
 */
export function compareContracts(former: ContractDocument, current: ContractDocument): ContractChange[] {
  return compareNames(operationsOf(former), operationsOf(current), 'route', (name, before, after) => [
    ...compareParameters(name, parametersOf(former, before), parametersOf(current, after)),
    ...compareRequests(name, { before: requestOf(former, before), after: requestOf(current, after) }),
    ...compareResponses(name, responsesOf(former, before), responsesOf(current, after)),
    ...(after.deprecated && !before.deprecated ? [addition(`${name} is deprecated`)] : []),
  ]);
}

const breaking = (text: string): ContractChange => ({ isBreaking: true, text });
const addition = (text: string): ContractChange => ({ isBreaking: false, text });

/** Compares the names that both have, and reports those that were removed (breaking) and added. */
function compareNames<T>(
  former: Readonly<Record<string, T>>,
  current: Readonly<Record<string, T>>,
  what: string,
  compare: (name: string, before: T, after: T) => ContractChange[],
): ContractChange[] {
  const removed = Object.keys(former).filter((name) => !Object.hasOwn(current, name));
  const added = Object.keys(current).filter((name) => !Object.hasOwn(former, name));
  const kept = Object.entries(former).filter(([name]) => Object.hasOwn(current, name));
  return [
    ...removed.map((name) => breaking(`${what} ${name} is removed`)),
    ...added.map((name) => addition(`${what} ${name} is new`)),
    ...kept.flatMap(([name, before]) => compare(name, before, current[name] as T)),
  ];
}

const operationsOf = ({ paths }: ContractDocument): Record<string, ContractOperation> =>
  Object.fromEntries(
    Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation]),
    ),
  );

const parametersOf = (document: ContractDocument, { parameters = [] }: ContractOperation) =>
  Object.fromEntries(
    parameters
      .map((parameter) => resolved<ParameterObject>(document, parameter))
      .map((parameter) => [`${parameter.in} ${parameter.name}`, { document, ...parameter }]),
  );

type LocatedParameter = ReturnType<typeof parametersOf>[string];

function compareParameters(
  route: string,
  former: Readonly<Record<string, LocatedParameter>>,
  current: Readonly<Record<string, LocatedParameter>>,
): ContractChange[] {
  const isRequired = (name: string) => current[name]?.required && !name.startsWith('path ');
  const required = Object.keys(current).filter((name) => isRequired(name) && !former[name]?.required);
  return [
    ...required.map((name) => breaking(`${route}: parameter ${name} is required`)),
    ...compareNames(former, current, `${route}: parameter`, (name, before, after) =>
      compareSchemas(`${route}: parameter ${name}`, 'request', located(before), located(after)),
    ),
  ];
}

const located = ({ document, schema }: LocatedParameter): Located => ({ document, schema });

/** A schema with the document that its references point into. */
interface Located {
  readonly document: ContractDocument;
  readonly schema: unknown;
}

const requestOf = (document: ContractDocument, { requestBody }: ContractOperation): Located => ({
  document,
  schema: requestBody && schemaIn(resolved<Content>(document, requestBody)),
});

function compareRequests(route: string, { before, after }: { readonly before: Located; readonly after: Located }) {
  if (before.schema && after.schema) return compareSchemas(`${route}: body`, 'request', before, after);
  if (before.schema) return [breaking(`${route}: body is removed`)];
  return after.schema ? [breaking(`${route}: body is required`)] : [];
}

/** Returns the schemas of the successful responses by status. Problems have one schema and an open list of codes. */
const responsesOf = (document: ContractDocument, { responses }: ContractOperation): Record<string, Located> =>
  Object.fromEntries(
    Object.entries(responses)
      .filter(([status]) => status.startsWith('2'))
      .map(([status, response]) => [status, { document, schema: schemaIn(resolved<Content>(document, response)) }]),
  );

const compareResponses = (
  route: string,
  former: Readonly<Record<string, Located>>,
  current: Readonly<Record<string, Located>>,
) =>
  compareNames(former, current, `${route}: status`, (status, before, after) =>
    compareSchemas(`${route}: ${status}`, 'response', before, after),
  );

const schemaIn = ({ content = {} }: Content): unknown => content['application/json']?.schema;

/** Follows the references of a value. */
function resolved<T>(document: ContractDocument, value: unknown): T {
  const { $ref } = (value ?? {}) as Schema;
  if ($ref === undefined) return (value ?? {}) as T;
  const [, , kind = '', name = ''] = $ref.split('/');
  return resolved(document, document.components[kind]?.[decodeURIComponent(name)]);
}

type Direction = 'request' | 'response';

/** The keywords that limit a value, apart from those that are compared by their parts. */
const limits = ['pattern', 'format', 'minLength', 'maxLength', 'minimum', 'maximum', 'minItems', 'maxItems'] as const;

function compareSchemas(place: string, direction: Direction, before: Located, after: Located): ContractChange[] {
  const [former, current] = [before, after].map(({ document, schema }) => resolved<Schema>(document, schema)) as [
    Schema,
    Schema,
  ];
  const part = (name: string, pick: (schema: Schema) => unknown) =>
    compareSchemas(
      `${place}${name}`,
      direction,
      { ...before, schema: pick(former) },
      { ...after, schema: pick(current) },
    );
  return [
    ...compareTypes(place, direction, former, current),
    ...compareValues(place, direction, former, current),
    ...(direction === 'request' ? compareLimits(place, former, current) : []),
    ...compareMembers(place, direction, former, current, (name) => part(`.${name}`, (one) => one.properties?.[name])),
    ...(former.items && current.items ? part('[]', ({ items }) => items) : []),
    ...(former.anyOf ?? []).flatMap((_, index) =>
      current.anyOf?.[index] ? part('', ({ anyOf }) => anyOf?.[index]) : [breaking(`${place}: a form is removed`)],
    ),
  ];
}

const typesOf = ({ type = [] }: Schema): readonly string[] => [type].flat() as readonly string[];

/** Compares types: a request must accept all former types, a response must have no other. */
function compareTypes(place: string, direction: Direction, former: Schema, current: Schema): ContractChange[] {
  const [narrow, wide] = direction === 'request' ? [former, current] : [current, former];
  const isKept = typesOf(narrow).every((type) => typesOf(wide).length === 0 || typesOf(wide).includes(type));
  const text = `${place} is ${typesOf(current).join(' or ')} instead of ${typesOf(former).join(' or ')}`;
  return isKept && typesOf(wide).length > 0 === typesOf(narrow).length > 0 ? [] : [breaking(text)];
}

const valuesOf = ({ enum: values, const: value }: Schema): readonly unknown[] | undefined =>
  values ?? (value === undefined ? undefined : [value]);

/** Compares values: a request must accept all former values, a response may have new ones. */
function compareValues(place: string, direction: Direction, former: Schema, current: Schema): ContractChange[] {
  const [before, after] = [valuesOf(former), valuesOf(current)];
  const removed = after && (before ?? ['any other value']).filter((value) => !after.includes(value));
  const added = before && after?.filter((value) => !before.includes(value));
  return [
    ...(direction === 'request' && removed ? removed.map((value) => breaking(`${place} takes no ${value}`)) : []),
    ...(added ?? []).map((value) => addition(`${place} may be ${value}`)),
  ];
}

function compareLimits(place: string, former: Schema, current: Schema): ContractChange[] {
  return limits
    .filter((keyword) => current[keyword] !== undefined && isTighter(keyword, former[keyword], current[keyword]))
    .map((keyword) => breaking(`${place}: ${keyword} is ${current[keyword]} instead of ${former[keyword] ?? 'none'}`));
}

function isTighter(keyword: (typeof limits)[number], before: unknown, after: unknown): boolean {
  if (before === undefined) return true;
  if (keyword.startsWith('min')) return Number(after) > Number(before);
  return keyword.startsWith('max') ? Number(after) < Number(before) : after !== before;
}

function compareMembers(
  place: string,
  direction: Direction,
  former: Schema,
  current: Schema,
  compare: (name: string) => ContractChange[],
): ContractChange[] {
  const [before, after] = [former.required ?? [], current.required ?? []];
  const required = after.filter((name) => direction === 'request' && !before.includes(name));
  const optional = before.filter(
    (name) => direction === 'response' && !after.includes(name) && Object.hasOwn(current.properties ?? {}, name),
  );
  return [
    ...required.map((name) => breaking(`${place}.${name} is required`)),
    ...optional.map((name) => breaking(`${place}.${name} may be missing`)),
    ...compareNames(former.properties ?? {}, current.properties ?? {}, `${place}: member`, compare),
  ];
}

import { writeFile } from 'node:fs/promises';
import { compile, type JSONSchema } from 'json-schema-to-typescript-lite';
import { dryRunAnswer } from '../../src/schemas/dryRun.ts';
import { type ObjectSchema, type Route, schemasOf } from '../../src/schemas/route.ts';
import { routes } from '../../src/schemas/routes.ts';
import { publisher } from '../openapi/components.ts';
import { exportedSchemas } from '../openapi/generate.ts';

/**
 * Creates the client's `operations.ts` from the routes and their schemas: the method and path of each operation, and the types
 * of its input and its output. The input has path, query and body in one object, as their names never collide.
 */
export async function operationsSource(): Promise<string> {
  const all = Object.entries(routes) as [string, Route][];
  const { publishRequest, publishResponse, published } = publisher(await exportedSchemas());
  const inputs = all.map(([, route]) => publishRequest(inputOf(route)));
  const made = all.map(([name, route], index) => ({
    name,
    route,
    input: inputs[index] as JSONSchema,
    output: publishResponse(outputOf(route)),
  }));
  const own = made.flatMap(({ name, input, output }) => [
    [`${pascal(name)}Input`, input],
    ...(output.$ref ? [] : [[`${pascal(name)}Output`, output]]),
  ]);
  const $defs = { ...published, ...Object.fromEntries(own) };
  const typeOf = (name: string, { $ref }: JSONSchema) => $ref?.split('/').at(-1) ?? `${pascal(name)}Output`;
  return `// Generated from the routes by npm run generate.

/** The method and path of each operation, and the members of its input in the path and in the query. The rest is the body. */
export const operations = ${JSON.stringify(Object.fromEntries(all.map(([name, route]) => [name, placeOf(route)])))} as const;

/** The input and the output of each operation. */
export interface Operations {
${made.map(({ name, route, output }) => `/** ${route.summary}. */\n${name}: { input: ${pascal(name)}Input; output: ${typeOf(name, output)} };`).join('\n')}
}

${await typesOf($defs)}`;
}

const pascal = (name: string) => name.replace(/^./, (letter) => letter.toUpperCase());

function placeOf(route: Route) {
  const { path, query } = schemasOf(route);
  const [inPath, inQuery] = [path, query].map(({ properties }) => Object.keys(properties));
  return { method: route.method, path: route.path, inPath, inQuery };
}

/** Creates a type for each definition, without the type of the whole. */
async function typesOf($defs: object): Promise<string> {
  const whole = JSON.stringify({ type: 'object', additionalProperties: false, $defs }, withOpenUnions);
  const made = await compile(JSON.parse(whole.replaceAll('#/components/schemas/', '#/$defs/')), 'Whole', {
    additionalProperties: false, // responses may have more members, which the types leave out
    ignoreMinAndMaxItems: true,
    unreachableDefinitions: true,
  });
  return made
    .replace(/export interface Whole \{\s*\}\n/, '')
    .replaceAll(/export interface (\w+) \{\s*\}\n/g, 'export type $1 = Record<string, never>;\n');
}

/** Types a text with known values as a union that editors complete and that accepts any other text. */
function withOpenUnions(_: string, value: unknown) {
  const { 'x-known-values': known, ...schema } = (value ?? {}) as { 'x-known-values'?: readonly string[] };
  if (!known) return value;
  return { ...schema, tsType: [...known.map((text) => `'${text}'`), '(string & {})'].join(' | ') };
}

function inputOf(route: Route): JSONSchema {
  const parts: ObjectSchema[] = Object.values(schemasOf(route)).filter((part) => part !== undefined);
  return {
    type: 'object',
    properties: Object.fromEntries(parts.flatMap(({ properties }) => Object.entries(properties)).filter(isTaken)),
    required: parts.flatMap(({ required = [] }) => [...required]),
    additionalProperties: false,
  } as JSONSchema;
}

/** Returns whether a type has a member: not one that is refused with a reason, nor `DryRun`, which has its own method. */
const isTaken = ([name, schema]: [string, object | boolean]) =>
  name !== 'DryRun' && !(typeof schema === 'object' && 'not' in schema);

function outputOf({ responses }: Route): JSONSchema {
  const answers = Object.values(responses).flatMap((schema) => (schema as JSONSchema).anyOf ?? [schema as JSONSchema]);
  const [answer, ...others] = new Set(answers.filter((schema) => schema !== (dryRunAnswer as unknown)));
  return others.length > 0 ? { anyOf: [answer as JSONSchema, ...others] } : (answer as JSONSchema);
}

if (process.argv[1] === import.meta.filename)
  await writeFile(new URL('../../client/operations.ts', import.meta.url), await operationsSource());

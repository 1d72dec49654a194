import { readdir, readFile, writeFile } from 'node:fs/promises';
import type { JSONSchema } from 'json-schema-to-ts';
import manifest from '../../package.json' with { type: 'json' };
import { memberSettings } from '../../src/schemas/addMember.ts';
import { routes } from '../../src/schemas/routes.ts';
import { createOpenApiDocument, type OpenApi } from './document.ts';
import { escapeInvisible } from './escapeInvisible.ts';

/** Creates the API's own OpenAPI document. */
export async function generateOpenApi(): Promise<OpenApi> {
  const actions = [...new Set(Object.values(routes).flatMap(({ awsActions }): readonly string[] => awsActions))];
  const errors = new Map(
    await Promise.all(actions.map(async (action) => [action, await documentedErrorsOf(action)] as const)),
  );
  return createOpenApiDocument(routes, {
    version: manifest.version,
    schemas: { ...memberSettings, ...(await exportedSchemas()) },
    examples: await recordedExamples(),
    errorsOf: (action) => errors.get(action) ?? [],
  });
}

/** Returns the errors of an AWS action by the SDK's class names, from the SDK's documentation of the command. */
export async function documentedErrorsOf(action: string): Promise<string[]> {
  const sdk = import.meta.resolve('@aws-sdk/client-elasticache');
  const types = await readFile(new URL(`../dist-types/commands/${action}Command.d.ts`, sdk), 'utf8');
  const names = [...types.matchAll(/@throws \{@link (\w+)\}/g)].map(([, name = '']) => name);
  return names.filter((name) => name !== 'ElastiCacheServiceException'); // the base class of all the others
}

/** Returns the bodies of successful responses that `examples.ts` recorded. */
async function recordedExamples(): Promise<Record<string, Record<string, unknown>>> {
  return JSON.parse(await readFile(new URL('examples.json', import.meta.url), 'utf8'));
}

/** Returns every exported schema of `src/schemas` with a description or properties, by its name. */
export async function exportedSchemas(): Promise<Record<string, JSONSchema>> {
  const folder = new URL('../../src/schemas/', import.meta.url);
  const files = (await readdir(folder)).sort();
  const modules = await Promise.all(files.map((file) => import(new URL(file, folder).href) as Promise<object>));
  const exported = modules.flatMap((module) => Object.entries(module)).filter(([, value]) => isDescribed(value));
  return Object.fromEntries(
    exported.map(([name, schema]) => [name.replace(/^./, (letter) => letter.toUpperCase()), schema]),
  );
}

const isDescribed = (value: unknown) =>
  typeof value === 'object' && value !== null && 'type' in value && ('description' in value || 'properties' in value);

/** Prints JSON with each object and each list that fits into a line on one line. */
function print(value: unknown, margin = ''): string {
  const line = JSON.stringify(value, null, 1).replaceAll(/\n */g, ' ');
  if (typeof value !== 'object' || value === null || margin.length + line.length <= 120) return line;
  const inner = `${margin}  `;
  const items = Array.isArray(value)
    ? value.map((item) => print(item, inner))
    : Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${print(item, inner)}`);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${open}\n${items.map((item) => `${inner}${item}`).join(',\n')}\n${margin}${close}`;
}

if (process.argv[1] === import.meta.filename) {
  const text = escapeInvisible(print(await generateOpenApi()));
  await writeFile(new URL('../../openapi.json', import.meta.url), `${text}\n`);
}

import { readdir, readFile, writeFile } from 'node:fs/promises';
import type { JSONSchema } from 'json-schema-to-ts';
import manifest from '../../package.json' with { type: 'json' };
import { createOpenApiDocument, type OpenApi } from './document.ts';

/** The API's own OpenAPI document. The build puts the finished document in the place of this module. */
export async function generateOpenApi(): Promise<OpenApi> {
  const { routes } = await import('../../src/schemas/routes.ts'); // not before this module is loaded: one of the routes serves the document
  const actions = [...new Set(Object.values(routes).flatMap(({ awsActions }): readonly string[] => awsActions))];
  const errors = new Map(
    await Promise.all(actions.map(async (action) => [action, await documentedErrorsOf(action)] as const)),
  );
  return createOpenApiDocument(routes, {
    version: manifest.version,
    schemas: await exportedSchemas(),
    errorsOf: (action) => errors.get(action) ?? [],
  });
}

/** The errors of an AWS action by the SDK's class names, as the SDK's own documentation of the command lists them. */
export async function documentedErrorsOf(action: string): Promise<string[]> {
  const sdk = import.meta.resolve('@aws-sdk/client-elasticache');
  const types = await readFile(new URL(`../dist-types/commands/${action}Command.d.ts`, sdk), 'utf8');
  const names = [...types.matchAll(/@throws \{@link (\w+)\}/g)].map(([, name = '']) => name);
  return names.filter((name) => name !== 'ElastiCacheServiceException'); // the base class of all the others
}

/** Every schema that a file in `schemas/` exports and that says more than a type, by its name. */
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

/** Characters of patterns that an editor or a viewer does not show. */
const INVISIBLE = /[\x7F-\xA0\u1680\u2000-\u200F\u2028-\u202F\u205F\u3000\uD7FF\uE000\uFEFF\uFFFC-\uFFFF]/g;

const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

if (import.meta.main) {
  const file = new URL('../../openapi.json', import.meta.url);
  const text = JSON.stringify(await generateOpenApi(), null, 2);
  await writeFile(file, `${text.replace(INVISIBLE, escaped)}\n`);
}

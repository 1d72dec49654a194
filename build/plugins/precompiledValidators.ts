import { _ } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import type { Plugin } from 'esbuild';
import { type Route, schemasOf } from '../../src/schemas/route.ts';
import { routes } from '../../src/schemas/routes.ts';
import { ajv } from '../../src/schemas/validators.ts';
import { document } from '../../tools/openapi/generate.ts';

/**
 * Works out at build time what a function would else work out at each start: the validators of its route, whose compiler is
 * larger than all the rest, the table of routes, which would bring every other handler along, and the OpenAPI document. Of
 * the schemas only those stay that explain what is wrong with a request.
 */
export const workedOut = (route: Route | undefined): Plugin => ({
  name: 'worked-out',
  setup(build) {
    build.onLoad({ filter: /[\\/]src[\\/]validators\.ts$/ }, () => ({
      contents: route ? validatorsCode(route) : 'export const validatorsOf = undefined;',
      resolveDir: 'src',
    }));
    build.onLoad({ filter: /[\\/]src[\\/]document\.ts$/ }, async () => ({
      contents: `export const document = async () => (${JSON.stringify(await document())});`,
    }));
    build.onLoad({ filter: /[\\/]src[\\/]routes\.ts$/ }, () => ({
      contents: `export const routes = ${JSON.stringify(routes, ['method', 'path', ...Object.keys(routes)])};`,
    }));

    const asked = new Set(route ? within(schemasOf(route)) : []);
    build.onLoad({ filter: /[\\/]src[\\/]schemas[\\/]\w+\.ts$/ }, async ({ path }) => {
      const exported = Object.entries((await import(path)) as Record<string, object>);
      if (exported.some(([, value]) => typeof value === 'function')) return undefined;
      return {
        contents: exported
          .map(([name, schema]) => constant(name, asked.has(schema) ? schema : those(asked, schema)))
          .join('\n'),
      };
    });
  },
});

/** The validators of a route as the text of a module. */
export function validatorsCode(route: Route): string {
  const places = Object.entries(schemasOf(route)).filter(([, schema]) => schema !== undefined);
  const compiler = ajv({ code: { source: true, esm: true, lines: false, formats: _`formats` } });
  for (const [place, schema] of places) compiler.addSchema(schema ?? {}, place);
  const code = standalone.default(compiler, Object.fromEntries(places.map(([place]) => [place, place])));
  return `import { formats } from './formats.ts';\n${code}\nexport const validatorsOf = () => ({ ${places.map(([place]) => place).join(', ')} });`;
}

/** An object and all that it is made of. */
const within = (value: unknown): unknown[] =>
  typeof value === 'object' && value !== null ? [value, ...Object.values(value).flatMap(within)] : [];

/** The members of an object that are among `asked`. */
const those = (asked: ReadonlySet<unknown>, object: object) =>
  Object.fromEntries(Object.entries(object).filter(([, member]) => asked.has(member)));

/** A schema as a constant. Its examples are for who reads of the API, not for who is refused. */
const constant = (name: string, schema: object) =>
  `export const ${name} = ${JSON.stringify(schema, (key, value) => (key === 'examples' && Array.isArray(value) ? undefined : value))};`;

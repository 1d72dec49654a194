import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { BuildOptions } from 'esbuild';
import type { ConsoleFile, ConsoleFiles } from '../console/server/serve.ts';

/** Returns all files that the console serves. */
export const bundleConsole = async (): Promise<ConsoleFiles> => ({
  ...(await bundlePage()),
  ...(await readReference()),
});

/** Bundles the page. A module that it imports dynamically is a file of its own. */
async function bundlePage(): Promise<ConsoleFiles> {
  const { build } = await import('esbuild');
  const { outputFiles } = await build(settings);
  const scripts = outputFiles.map(({ path, contents }) => toFile(`/console/${basename(path)}`, contents));
  const others = [
    readAs('/', folder('index.html')),
    readAs('/console/style.css', folder('style.css')),
    readAs('/console/icon.svg', folder('icon.svg')),
  ];
  return Object.fromEntries(await Promise.all([...scripts, ...others]));
}

/**
 * Reads the reference of the API and its contract. `@scalar/fastify-api-reference` is the smallest package that contains Scalar as one
 * file. Later releases of the package need eight more packages beside the file.
 */
async function readReference(): Promise<ConsoleFiles> {
  const scalar = new URL('js/standalone.js', import.meta.resolve('@scalar/fastify-api-reference'));
  const [[path, page], ...files] = await Promise.all([
    readAs('/docs', folder('reference/index.html')),
    readAs('/console/reference.js', folder('reference/reference.js')),
    readAs('/console/scalar.js', scalar),
    readAs('/console/openapi.json', new URL('../openapi.json', import.meta.url)),
  ]);
  return { [path]: { ...page, directives: scalarDirectives }, ...Object.fromEntries(files) };
}

/** The directives that Scalar needs: it adds style elements, and has images and fonts in its code. */
const scalarDirectives = ["style-src 'self' 'unsafe-inline'", "img-src 'self' data:", "font-src 'self' data:"];

const folder = (path: string): URL => new URL(`../console/${path}`, import.meta.url);

const settings = {
  entryPoints: [fileURLToPath(folder('src/main.ts'))],
  bundle: true,
  write: false,
  splitting: true,
  outdir: 'console',
  platform: 'browser',
  target: 'es2022',
  format: 'esm',
  conditions: ['source'], // bundles the client from its sources
  minify: true,
  legalComments: 'none',
} as const satisfies BuildOptions;

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
};

const readAs = async (path: string, file: URL): Promise<[string, ConsoleFile]> =>
  toFile(path, await readFile(file), extname(file.pathname));

async function toFile(path: string, contents: Uint8Array, extension = extname(path)): Promise<[string, ConsoleFile]> {
  const digest = createHash('sha256').update(contents).digest('base64url').slice(0, 27);
  const compressed = await promisify(gzip)(contents, { level: 9 });
  return [path, { type: types[extension] ?? '', etag: `"${digest}"`, gzip: compressed.toString('base64') }];
}

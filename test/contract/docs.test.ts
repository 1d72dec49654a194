import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Code, problemType, statusesOf } from '../../src/problems/problemTypes.ts';
import { tables, withTables } from '../../tools/docsTables.ts';

const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
const folders = readdirSync('.', { withFileTypes: true }).filter((entry) => entry.isDirectory());
const documents = [
  'README.md',
  'CONTRIBUTING.md',
  ...globSync('docs/*.md'),
  ...globSync('*/README.md', { exclude: ['node_modules/**'] }),
].sort();

describe.each(documents)('%s', (file) => {
  const text = read(file);
  const prose = withoutCodeBlocks(text);

  it.each(linksIn(prose))('links to %s, which exists', (link) => {
    const [path = '', anchor] = link.split('#');
    const target = path ? join(dirname(file), path) : file;

    expect(existsSync(target)).toBe(true);
    if (anchor) expect(anchorsOf(target)).toContain(anchor);
  });

  it.each(scriptsIn(text))('names npm run %s, which package.json has', (script) => {
    expect(Object.keys(scripts)).toContain(script);
  });

  it.each(pathsIn(prose))('names %s, which exists', (path) => {
    const fromHere = join(dirname(file), path);

    expect([...globSync(path), ...globSync(fromHere)]).not.toEqual([]);
  });

  it.each(programsIn(text))('names the program %s, which exists', (path) => {
    expect(existsSync(path)).toBe(true);
  });

  it.each(variablesIn(text))('names the variable %s, which the code reads', (name) => {
    expect(isReadVariable(name)).toBe(true);
  });

  it.each(problemsIn(text))('quotes $code with its title and status', ({ code, title, status }) => {
    expect({ title, status: statusesOf(code as Code) }).toEqual({
      title: problemType(code as Code).title,
      status: expect.arrayContaining([status]),
    });
  });
});

describe('the steps of a request in docs/architecture.md', () => {
  const steps = [...read('docs/architecture.md').matchAll(/^\d+\. `(src\/[^`]+)` `(\w+)`/gm)].map(
    ([, file = '', name = '']) => ({ file, name }),
  );

  it('are found', () => {
    expect(steps.length).toBeGreaterThan(50);
  });

  it.each(steps)('name $name, which $file declares', ({ file, name }) => {
    expect(read(file)).toMatch(new RegExp(`^(export )?(async )?(const|function|class) ${name}\\b`, 'm'));
  });
});

it('README.md has at most 150 lines', () => {
  expect(read('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(150);
});

it('docs/ has at most eight files, and README.md links to each', () => {
  const files = globSync('docs/*.md');

  expect(files.length).toBeLessThanOrEqual(8);
  expect(linksIn(read('README.md'))).toEqual(expect.arrayContaining(files));
});

it.each(Object.keys(tables))('%s has its generated tables; npm run docs writes them', (file) => {
  const text = read(file);

  for (const name of Object.keys(tables[file] ?? {})) expect(text).toContain(`<!-- generated: ${name} -->`);
  expect(withTables(file, text)).toBe(text);
});

it.each(configVariables())('docs/operations.md describes the variable %s', (name) => {
  expect(read('docs/operations.md')).toMatch(new RegExp(`\\| \`${name}(\\w+)?\` \\|`));
});

it('finds something to check', () => {
  const all = documents.map(read);

  expect(all.flatMap(linksIn).length).toBeGreaterThan(30);
  expect(all.flatMap(pathsIn).length).toBeGreaterThan(30);
  expect(all.flatMap(scriptsIn).length).toBeGreaterThan(20);
  expect(all.flatMap(variablesIn).length).toBeGreaterThan(20);
  expect(all.flatMap(problemsIn).length).toBeGreaterThan(2);
});

function read(file: string): string {
  return readFileSync(file, 'utf8');
}

function withoutCodeBlocks(text: string): string {
  return text.replace(/^```[\s\S]*?^```$/gm, '');
}

/** Returns the relative links of a document, and its links to its own headings. */
function linksIn(text: string): string[] {
  return unique(text.matchAll(/\]\((?!\w+:)([^)\s]+)\)/g));
}

function scriptsIn(text: string): string[] {
  return unique(text.matchAll(/npm run ([a-z][\w:-]*)/g));
}

/** Returns the code spans that are a path from the root of the repository, with or without wildcards. */
function pathsIn(text: string): string[] {
  const top = folders.map(({ name }) => name.replaceAll('.', '\\.')).join('|');
  const paths = unique(text.matchAll(new RegExp(`\`((?:${top})/[\\w./*-]*)\``, 'g')));
  return paths.filter((path) => !/\b(node_modules|dist)\b/.test(path));
}

/** Returns the test files and programs that a document names, also in commands. */
function programsIn(text: string): string[] {
  return unique(text.matchAll(/\b((?:test|emulator|local|tools|bench)\/[\w./-]+\.(?:ts|sh))\b/g));
}

/** Returns the environment variables of a document: in code spans and, with a value, in commands. */
function variablesIn(text: string): string[] {
  const tableRows = text.match(/^\| Variable \|[\s\S]*?(?=\n\n)/m)?.[0] ?? '';
  return unique([
    ...withoutCodeBlocks(text).matchAll(/`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)`/g),
    ...text.matchAll(/^([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)=\S+ npm /gm),
    ...tableRows.matchAll(/^\| `([A-Z0-9_]+)` \|/gm),
  ]);
}

/** Returns the problems that a document quotes from a response. */
function problemsIn(text: string) {
  const quoted = text.matchAll(/"title":"([^"]+)","status":(\d+),[^{}]*?"code":"(\w+)"/g);
  return [...quoted].map(([, title, status, code = '']) => ({ code, title, status: Number(status) }));
}

function unique(matches: Iterable<RegExpMatchArray>): string[] {
  return [...new Set([...matches].map(([, found = '']) => found))];
}

/** Returns the anchors that GitHub creates for the headings of a document. */
function anchorsOf(file: string): string[] {
  const headings = [...withoutCodeBlocks(read(file)).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  return headings.map((heading) =>
    heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{Pc} -]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Returns the variables that src/config.ts reads. A name that ends in `_` is the prefix of several variables. */
function configVariables(): string[] {
  const source = read('src/config.ts');
  return unique([...source.matchAll(/\benv\.([A-Z0-9_]+)/g), ...source.matchAll(/'([A-Z0-9_]+_)'/g)]);
}

function isReadVariable(name: string): boolean {
  const local = globSync(['local/*.ts', 'cli/*.ts']).map(read).join('\n');
  return (
    configVariables().some((known) => known === name || (known.endsWith('_') && name.startsWith(known))) ||
    new RegExp(`\\b${name}\\b`).test(local)
  );
}

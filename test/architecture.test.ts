import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

/** The folders of `src/`, lowest first. A folder may import from its own files and from folders of a lower rank. */
const ranks = [
  ['config.ts'],
  ['lib'],
  ['problems'],
  ['schemas'],
  ['observability'],
  ['aws'],
  ['datastores'],
  ['audit'],
  ['idempotency'],
  ['operations'],
  ['preflight'],
  ['policy'],
  ['http'],
  ['handlers'],
];

interface Import {
  readonly from: string;
  readonly to: string;
  /** False for imports that TypeScript erases. */
  readonly isValue: boolean;
}

const roots = ['src', 'emulator', 'local', 'build', 'console'];
const files = roots.flatMap((root) =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => join(root, file)),
);
const imports = files.flatMap(importsOf);

describe('src/', () => {
  it('has one file at its root', () => {
    const atRoot = readdirSync('src', { withFileTypes: true }).filter((entry) => entry.name.endsWith('.ts'));

    expect(atRoot.map(({ name }) => name)).toEqual(['config.ts']);
  });

  it('has no folder without a rank', () => {
    const folders = readdirSync('src', { withFileTypes: true }).filter((entry) => entry.isDirectory());

    expect(folders.map(({ name }) => name).filter((name) => !ranks.flat().includes(name))).toEqual([]);
  });

  it('imports only from folders of a lower rank, types included', () => {
    const upward = imports.filter(
      ({ from, to }) => from.startsWith('src/') && to.startsWith('src/') && isUpward(from, to),
    );

    expect(upward.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
  });

  it('imports nothing from the other programs of the repository', () => {
    const outward = imports.filter(
      ({ from, to }) => from.startsWith('src/') && /^(emulator|local|build|tools|test)\//.test(to),
    );

    expect(outward.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
  });

  it('has no chain of value imports longer than 10 files', () => {
    const longest = files.filter((file) => file.startsWith('src/')).map(longestChain);

    expect(longest.filter((chain) => chain.length > 10).map((chain) => chain.join(' > '))).toEqual([]);
  });

  it('defines few top-level names in more than one file', () => {
    const places = new Map<string, string[]>();
    for (const file of files.filter((name) => name.startsWith('src/')))
      for (const name of topLevelNames(file)) places.set(name, [...(places.get(name) ?? []), file]);
    const shared = [...places].filter(([, folders]) => folders.length > 1);

    expect(
      shared.filter(([name]) => !sharedNames.has(name)).map(([name, folders]) => `${name}: ${folders.join(', ')}`),
    ).toEqual([]);
  });
});

/** Names that each handler or preflight file defines, with the same meaning. */
const sharedNames = new Set(['handler', 'preflight', 'Request']);

describe.each(roots)('%s/', (root) => {
  it('has no cycle of imports, types included', () => {
    expect(cyclesIn(root).map((cycle) => cycle.join(' > '))).toEqual([]);
  });
});

describe('console/src/', () => {
  const packages = [
    '@global-datastore/client',
    '@preact/signals',
    'htm/preact',
    'oidc-client-ts',
    'preact',
    'preact/hooks',
  ];
  const sources = files.filter((file) => file.startsWith('console/src/'));

  it('imports its own files only', () => {
    const outward = imports.filter(({ from, to }) => from.startsWith('console/src/') && !to.startsWith('console/src/'));

    expect(outward.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
  });

  it('imports no packages other than those of this list', () => {
    const imported = sources.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/(?:from |import\()'([^.'][^']*)'/g)].map(([, name = '']) => name),
    );

    expect([...new Set(imported)].sort()).toEqual(packages);
  });

  it('sends requests of the API through the client only', () => {
    const sending = sources.filter((file) =>
      /\b(fetch|XMLHttpRequest|EventSource|WebSocket)\(/.test(readFileSync(file, 'utf8')),
    );

    expect(sending).toEqual(['console/src/signIn.ts']); // it reads /console/config.json, which is no part of the API
  });
});

function importsOf(from: string): Import[] {
  const text = readFileSync(from, 'utf8');
  const statements = text.matchAll(/^(?:import|export)\s+(type\s+)?([^;'"]*?from\s+)?'(\.[^']+)'/gm);
  const dynamic = text.matchAll(/\bimport\('(\.[^']+)'\)/g);
  return [
    ...[...statements].map(([, type, clause = '', path = '']) => ({
      from,
      to: normalize(join(dirname(from), path)),
      isValue: !type && !isTypeOnly(clause),
    })),
    ...[...dynamic].map(([, path = '']) => ({ from, to: normalize(join(dirname(from), path)), isValue: true })),
  ];
}

/** Returns whether every name in braces is imported as a type. */
function isTypeOnly(clause: string): boolean {
  const names = clause.match(/^\{([^}]*)\}/)?.[1];
  return names?.split(',').every((name) => name.trim() === '' || name.trim().startsWith('type ')) ?? false;
}

function isUpward(from: string, to: string): boolean {
  const [source, target] = [folderOf(from), folderOf(to)];
  return source !== target && rankOf(target) >= rankOf(source);
}

const folderOf = (file: string): string => file.split('/')[1] ?? '';

const rankOf = (folder: string): number => ranks.findIndex((rank) => rank.includes(folder));

function longestChain(file: string): string[] {
  const targets = imports.filter(({ from, to, isValue }) => from === file && isValue && to.startsWith('src/'));
  const chains = targets.map(({ to }) => chainFrom(to));
  return [file, ...(chains.sort((a, b) => b.length - a.length)[0] ?? [])];
}

const knownChains = new Map<string, string[]>();

function chainFrom(file: string): string[] {
  const known = knownChains.get(file);
  if (known) return known;
  knownChains.set(file, []); // a cycle ends here; another test finds it
  const chain = longestChain(file);
  knownChains.set(file, chain);
  return chain;
}

/** Returns a cycle for each import that leads back to a file on the path to it. */
function cyclesIn(root: string): string[][] {
  const done = new Set<string>();
  const cycles: string[][] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) {
      cycles.push([...path.slice(path.indexOf(file)), file]);
      return;
    }
    if (done.has(file)) return;
    for (const { to } of imports.filter(({ from }) => from === file)) visit(to, [...path, file]);
    done.add(file);
  };
  for (const file of files.filter((name) => name.startsWith(`${root}/`))) visit(file, []);
  return cycles;
}

function topLevelNames(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const declared = text.matchAll(/^(?:export )?(?:async )?(?:const|let|function\*?|class|interface|type|enum) (\w+)/gm);
  return [...new Set([...declared].map(([, name = '']) => name))];
}

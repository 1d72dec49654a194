import { readFileSync } from 'node:fs';

/** A package that runs in production, as a direct dependency or through one. */
export interface Package {
  readonly name: string;
  readonly version: string;
  /** The licence that the package states. */
  readonly licence: string;
  /** True if package.json lists the package as a dependency. */
  readonly direct: boolean;
}

/** Returns the packages that the functions need: the dependencies of package.json and theirs, sorted by name. */
export function productionPackages(): Package[] {
  const { packages } = readJson('package-lock.json') as { packages: Record<string, LockedPackage> };
  const { dependencies } = readJson('package.json') as { dependencies: Record<string, string> };
  return [...withDependencies(packages, '', dependencies)]
    .map((path) => {
      const { version = '', license = 'none stated' } = packages[path] ?? {};
      const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
      return { name, version, licence: license, direct: path === `node_modules/${name}` && name in dependencies };
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** Returns the paths of the dependencies of the package at a path, and of theirs. */
function withDependencies(
  packages: Readonly<Record<string, LockedPackage>>,
  from: string,
  dependencies: Readonly<Record<string, string>>,
  found = new Set<string>(),
): Set<string> {
  for (const name of Object.keys(dependencies)) {
    const path = resolvePath(packages, from, name);
    if (path === undefined || found.has(path)) continue;
    found.add(path);
    withDependencies(packages, path, packages[path]?.dependencies ?? {}, found);
  }
  return found;
}

/** Returns the path of a package as Node finds it from another one: the nearest `node_modules` that has it. */
function resolvePath(
  packages: Readonly<Record<string, LockedPackage>>,
  from: string,
  name: string,
): string | undefined {
  const path = `${from && `${from}/`}node_modules/${name}`;
  if (packages[path]) return path;
  return from ? resolvePath(packages, from.slice(0, Math.max(from.lastIndexOf('/node_modules/'), 0)), name) : undefined;
}

interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const readJson = (file: string): unknown => JSON.parse(readFileSync(new URL(`../${file}`, import.meta.url), 'utf8'));

function printLicences(): void {
  const packages = productionPackages();
  for (const { name, version, licence, direct } of packages) {
    console.log(`${direct ? '*' : ' '} ${licence.padEnd(14)} ${name}@${version}`);
  }
  const direct = packages.filter((candidate) => candidate.direct).length;
  const counts = [...Map.groupBy(packages, ({ licence }) => licence)].map(
    ([licence, group]) => `${group.length} ${licence}`,
  );
  console.log(`${packages.length} packages in production (* direct: ${direct}): ${counts.join(', ')}`);
}

if (process.argv[1] === import.meta.filename) printLicences();

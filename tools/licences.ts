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

/** Returns the packages of package-lock.json that production needs, sorted by name. The optional ones are Node's binaries. */
export function productionPackages(): Package[] {
  const { packages } = readJson('package-lock.json') as { packages: Record<string, LockedPackage> };
  const { dependencies } = readJson('package.json') as { dependencies: Record<string, string> };
  return Object.entries(packages)
    .filter(([path, { link }]) => path.startsWith('node_modules/') && !link) // not the workspaces
    .filter(([, { dev, optional, devOptional }]) => !dev && !optional && !devOptional)
    .map(([path, { version = '', license = 'none stated' }]) => {
      const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
      return { name, version, licence: license, direct: path === `node_modules/${name}` && name in dependencies };
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}

interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
  readonly link?: boolean;
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

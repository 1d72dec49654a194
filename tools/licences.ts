import { readFileSync } from 'node:fs';

/** A package that runs in production, by way of a dependency or as one. */
export interface Package {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  /** Whether this project itself depends on it. */
  readonly direct: boolean;
}

interface Locked {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly optional?: boolean;
}

/** The packages of package-lock.json that are not for development only, by name; their licences as they state them. */
export function productionPackages(): Package[] {
  const { packages } = read('package-lock.json') as { packages: Record<string, Locked> };
  const { dependencies } = read('package.json') as { dependencies: Record<string, string> };
  return Object.entries(packages)
    .filter(([path, { dev, devOptional }]) => path !== '' && !dev && !devOptional)
    .map(([path, { version = '', license = 'none stated' }]) => {
      const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
      return { name, version, licence: license, direct: path === `node_modules/${name}` && name in dependencies };
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}

const read = (file: string): unknown => JSON.parse(readFileSync(new URL(`../${file}`, import.meta.url), 'utf8'));

if (import.meta.main) {
  const packages = productionPackages();
  for (const { name, version, licence, direct } of packages) {
    console.log(`${direct ? '*' : ' '} ${licence.padEnd(14)} ${name}@${version}`);
  }
  const counts = Map.groupBy(packages, ({ licence }) => licence);
  const inWords = [...counts].map(([licence, some]) => `${some.length} ${licence}`).join(', ');
  console.log(
    `${packages.length} packages in production (* direct: ${packages.filter(({ direct }) => direct).length}): ${inWords}`,
  );
}

import { readFile, writeFile } from 'node:fs/promises';
import { AWS_PROBLEMS, type Code, PROBLEM_TYPES, problemType, statusesOf } from '../src/problems/problemTypes.ts';
import { routes } from '../src/schemas/routes.ts';
import { type Package, productionPackages } from './licences.ts';

/** The purpose of each direct dependency that runs in production. */
export const purposes: Readonly<Record<string, string>> = {
  '@aws-sdk/client-cloudwatch': 'reads the replication lag',
  '@aws-sdk/client-dynamodb': 'idempotency records, leases and audit entries',
  '@aws-sdk/client-elasticache': 'calls to ElastiCache',
  '@aws-sdk/client-lambda': 'starts, reads and stops operations',
  '@aws-sdk/client-secrets-manager': 'reads AUTH tokens',
  '@aws/durable-execution-sdk-js': 'operations that run for hours',
  '@middy/core': 'the middleware stack of every function',
  '@middy/http-json-body-parser': 'parses the request body',
};

/** The generated tables, by documentation file and by the name in their markers. */
export const tables: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'docs/api.md': { routes: routesTable(), problems: problemsTable() },
  'docs/operations.md': { dependencies: dependenciesTable(), licences: licencesList() },
};

/** Returns the text of a documentation file with its generated tables rendered from the code. */
export function withTables(file: string, text: string): string {
  return Object.entries(tables[file] ?? {}).reduce((current, [name, content]) => {
    const section = new RegExp(`(<!-- generated: ${name} -->\n)[^]*?(<!-- end -->)`);
    return current.replace(section, (_, start: string, end: string) => `${start}${content}\n${end}`);
  }, text);
}

function routesTable(): string {
  const rows = Object.entries(routes).map(([name, { method, path, summary }]) => [
    `\`${name}\``,
    `\`${method} ${path}\``,
    summary,
  ]);
  return table(['Operation', 'Route', 'Effect'], rows);
}

function problemsTable(): string {
  const rows = codesInOrder().map((code) => {
    const { title, retry } = problemType(code);
    return [`\`${code}\``, statusesOf(code).join(' or '), title, retry ? 'yes, later' : 'no'];
  });
  return table(['Code', 'Status', 'Meaning', 'Retry'], rows);
}

/** Returns the codes of ElastiCache first, then those of this API; each group by status and name. */
function codesInOrder(): Code[] {
  const origin = (code: string) => (Object.hasOwn(AWS_PROBLEMS, code) ? 0 : 1);
  return (Object.keys(PROBLEM_TYPES) as Code[]).sort(
    (a, b) => origin(a) - origin(b) || problemType(a).status - problemType(b).status || (a < b ? -1 : 1),
  );
}

function dependenciesTable(): string {
  const rows = packagesWhere(({ direct }) => direct).map(({ name, version, licence }) => [
    `\`${name}\` ${version}`,
    licence,
    purposes[name] ?? '',
  ]);
  return table(['Package', 'Licence', 'Purpose'], rows);
}

function licencesList(): string {
  const transitive = packagesWhere(({ direct }) => !direct);
  return [...Map.groupBy(transitive, ({ licence }) => licence)]
    .map(([licence, packages]) => `- ${licence}: ${packages.map(({ name }) => `\`${name}\``).join(', ')}`)
    .join('\n');
}

function packagesWhere(matches: (candidate: Package) => boolean): Package[] {
  return productionPackages().filter(matches);
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

if (process.argv[1] === import.meta.filename) {
  for (const file of Object.keys(tables)) {
    const url = new URL(`../${file}`, import.meta.url);
    await writeFile(url, withTables(file, await readFile(url, 'utf8')));
  }
}

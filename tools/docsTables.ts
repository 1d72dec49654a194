import { readFile, writeFile } from 'node:fs/promises';
import { AWS_PROBLEMS, type Code, PROBLEM_TYPES, problemType, statusesOf } from '../src/problems/problemTypes.ts';
import { routes } from '../src/schemas/routes.ts';
import { productionPackages } from './licences.ts';

/** What each dependency is there for that runs in production. */
export const purposes: Readonly<Record<string, string>> = {
  '@aws-lambda-powertools/logger': 'one JSON line a request',
  '@aws-sdk/client-dynamodb': 'idempotency records and audit entries',
  '@aws-sdk/client-elasticache': 'the calls of ElastiCache',
  '@aws-sdk/client-lambda': 'start, follow and stop operations',
  '@aws/durable-execution-sdk-js': 'operations that go on for hours',
  '@middy/core': 'the middleware of every function',
  '@middy/http-json-body-parser': 'the body of a request',
  '@smithy/signature-v4': 'signatures of the client',
};

/** The tables of README.md that follow from the code, by the name in their markers. */
export const tables: Readonly<Record<string, string>> = {
  routes: table(
    ['Operation', 'Route', 'What it does'],
    Object.entries(routes).map(([name, { method, path, summary }]) => [
      `\`${name}\``,
      `\`${method} ${path}\``,
      summary,
    ]),
  ),
  faults: table(
    ['Code', 'Status', 'Meaning', 'Again?'],
    codes().map((code) => {
      const { title, retry } = problemType(code);
      return [`\`${code}\``, statusesOf(code).join(' or '), title, retry ? 'yes, later' : 'no'];
    }),
  ),
  dependencies: table(
    ['Package', 'Licence', 'What for'],
    productionPackages()
      .filter(({ direct }) => direct)
      .map(({ name, version, licence }) => [`\`${name}\` ${version}`, licence, purposes[name] ?? '']),
  ),
  brought: [...Map.groupBy(broughtAlong(), ({ licence }) => licence)]
    .map(([licence, some]) => `- ${licence}: ${some.map(({ name }) => `\`${name}\``).join(', ')}`)
    .join('\n'),
};

/** What the dependencies bring along. */
function broughtAlong() {
  return productionPackages().filter(({ direct }) => !direct);
}

/** `readme` with its tables as they are now. */
export const withTables = (readme: string): string =>
  Object.entries(tables).reduce(
    (text, [name, made]) =>
      text.replace(new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- end -->)`), (_, start, end) => `${start}${made}\n${end}`),
    readme,
  );

/** ElastiCache's own first, then by status. */
function codes(): Code[] {
  const ours = (code: string) => (Object.hasOwn(AWS_PROBLEMS, code) ? 0 : 1);
  return (Object.keys(PROBLEM_TYPES) as Code[]).sort(
    (a, b) => ours(a) - ours(b) || problemType(a).status - problemType(b).status || (a < b ? -1 : 1),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

if (import.meta.main) {
  const file = new URL('../README.md', import.meta.url);
  await writeFile(file, withTables(await readFile(file, 'utf8')));
}

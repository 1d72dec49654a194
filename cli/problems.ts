import type { Problem } from '@global-datastore/client';
import { GlobalDatastoreError } from '@global-datastore/client';
import { styled, tell } from './output.ts';

/** Writes an error to stderr: the message, the invalid places, and the remedies as commands of this CLI. */
export function tellError(error: unknown): void {
  const prefix = styled('red', 'gds:');
  if (!(error instanceof GlobalDatastoreError)) {
    tell(`${prefix} ${(error as Error).message}`);
    return;
  }
  const { code, message, problem, checks } = error;
  tell(`${prefix} ${message}`);
  for (const { pointer, parameter, detail } of problem.errors ?? []) tell(`  ${pointer ?? parameter ?? ''} ${detail}`);
  for (const { Id, Outcome, Detail } of checks)
    if (Outcome !== 'pass') tell(`  ${Outcome === 'fail' ? '✗' : '!'} ${Id}: ${Detail}`);
  for (const remedy of problem.remedies ?? [])
    tell(`  try: ${toCommand(remedy)}${remedy.detail ? `\n       ${remedy.detail}` : ''}`);
  tell(`  code: ${code}${/^[A-Z]/.test(code) && error.status > 0 ? ` (gds explain ${code})` : ''}`);
}

type Remedy = NonNullable<Problem['remedies']>[number];

/** The commands for the routes that remedies name. */
const commands: readonly (readonly [pattern: RegExp, command: string])[] = [
  [/^GET \/global-datastores$/, 'gds list'],
  [/^GET \/global-datastores\/([^/]+)$/, 'gds get $1'],
  [/^GET \/global-datastores\/([^/]+)\/replication$/, 'gds lag $1'],
  [/^GET \/operations\/([^/]+)$/, 'gds op $1'],
  [/^DELETE \/operations\/([^/]+)$/, 'gds cancel $1'],
  [/^GET \/operations\?GlobalReplicationGroupId=([^&]+)$/, 'gds ops $1'],
  [/^DELETE \/global-datastores\/([^/]+)\/members\/([^/]+)\/([^/]+)$/, 'gds remove $1 $3@$2'],
  [/^DELETE \/global-datastores\/([^/]+)$/, 'gds delete $1'],
];

const failoverOptions = ({ PrimaryRegion, MaxLagSeconds, Override }: Readonly<Record<string, unknown>>): string =>
  [
    `--to ${PrimaryRegion}`,
    ...(MaxLagSeconds === undefined ? [] : [`--max-lag ${MaxLagSeconds}`]),
    ...(Override ? ['--override --reason TEXT'] : []),
  ].join(' ');

function toCommand({ method, href, body }: Remedy): string {
  const request = `${method} ${href.replace(/^https?:\/\/[^/]+/, '')}`;
  if (/\/failover$/.test(href) && body?.PrimaryRegion)
    return `gds failover ${href.split('/').at(-2)} ${failoverOptions(body)}`;
  const [pattern, command] = commands.find(([candidate]) => candidate.test(request)) ?? [];
  return pattern && command ? request.replace(pattern, command) : request;
}

import type { ContractChange } from './contractChanges.ts';

/** A commit since the former release. */
export interface Commit {
  readonly hash: string;
  readonly subject: string;
  readonly body: string;
}

/** The headings of a changelog and the types of commits below each. Other types change nothing for users. */
const headings: readonly (readonly [heading: string, types: readonly string[]])[] = [
  ['Security', ['security']],
  ['Added', ['feat']],
  ['Fixed', ['fix']],
  ['Faster', ['perf']],
];

const subjectPattern = /^(\w+)(?:\(([^)]*)\))?(!)?: (.+)$/;

/** Returns the section of a release: the notes of the commits, and the changes of the contract. */
export function changelogSection(
  version: string,
  date: string,
  commits: readonly Commit[],
  contract: readonly ContractChange[],
): string {
  const parts = [
    listOf('Breaking changes of the contract', textsOf(contract, true)),
    listOf('Breaking changes', commits.flatMap(breakingNotesOf)),
    ...headings.map(([heading, types]) => listOf(heading, commits.flatMap(lineOfType(types)))),
    listOf('Additions to the contract', textsOf(contract, false)),
  ];
  return [`## ${version} (${date})`, ...parts.filter(Boolean)].join('\n\n');
}

/** Returns a changelog with a section before the former ones. */
export function withSection(changelog: string, section: string): string {
  const start = changelog.search(/^## /m);
  const [head, former] = start < 0 ? [changelog, ''] : [changelog.slice(0, start), changelog.slice(start)];
  return `${[head.trimEnd(), section, former.trimEnd()].filter(Boolean).join('\n\n')}\n`;
}

const textsOf = (contract: readonly ContractChange[], isBreaking: boolean): string[] =>
  contract.filter((change) => change.isBreaking === isBreaking).map(({ text }) => text);

const listOf = (heading: string, lines: readonly string[]): string =>
  lines.length === 0 ? '' : [`### ${heading}`, '', ...lines.map((line) => `- ${line}`)].join('\n');

const lineOfType =
  (types: readonly string[]) =>
  ({ hash, subject }: Commit): string[] => {
    const [, type = '', scope, , text = ''] = subjectPattern.exec(subject) ?? [];
    return types.includes(type) ? [`${scope ? `${scope}: ` : ''}${text} (${hash})`] : [];
  };

/** Returns the paragraph of a commit that begins with `BREAKING CHANGE:`, or its subject if it has a `!`. */
function breakingNotesOf({ subject, body }: Commit): string[] {
  const prefix = 'BREAKING CHANGE: ';
  const note = body.split('\n\n').find((paragraph) => paragraph.startsWith(prefix));
  if (note) return [note.slice(prefix.length).replaceAll('\n', ' ').trim()];
  const [, , , mark, text = ''] = subjectPattern.exec(subject) ?? [];
  return mark ? [text] : [];
}

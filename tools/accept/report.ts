import { catalogued, type Mark, readMarks } from './marks.ts';
import type { Finding, Walk } from './walk.ts';

/** A mark with its finding. */
export interface MarkFinding extends Mark, Omit<Finding, 'name'> {
  /** The experiments that tried it. */
  readonly experiments: readonly string[];
}

/** The output of `--json`. */
export interface Report {
  readonly environment: string;
  readonly account: string;
  readonly regions: readonly string[];
  /** The beginning of the names of all resources. */
  readonly prefix: string;
  readonly seconds: Walk['seconds'];
  readonly failure?: string;
  readonly marks: readonly MarkFinding[];
  /** The resources that could not be removed. */
  readonly left: readonly string[];
}

/** Returns each mark of the code with the finding of its experiment. */
export function findingsOfMarks(findings: readonly Finding[]): MarkFinding[] {
  const counts = new Map<string, number>();
  return readMarks().map((mark) => {
    const index = counts.get(mark.file) ?? 0;
    counts.set(mark.file, index + 1);
    return { ...mark, ...findingOf(mark, index, findings) };
  });
}

function findingOf(mark: Mark, index: number, findings: readonly Finding[]): Omit<MarkFinding, keyof Mark> {
  const entry = catalogued(mark, index);
  const missing = { experiments: [], outcome: 'not tried' } as const;
  if (!entry) return { ...missing, reason: 'tools/accept/marks.ts does not have it.' };
  if ('because' in entry) return { ...missing, reason: entry.because };
  const { experiments } = entry;
  return { experiments, ...merge(findings.filter(({ name }) => experiments.includes(name))) };
}

/** Returns one finding for several: `differs` counts most, then `agrees`. */
function merge(findings: readonly Finding[]): Omit<Finding, 'name'> {
  const outcome = (['differs', 'agrees'] as const).find((one) => findings.some((finding) => finding.outcome === one));
  const counting = findings.filter((finding) => finding.outcome === (outcome ?? 'not tried'));
  const linesOf = (member: 'seen' | 'expected' | 'reason') => counting.map((finding) => finding[member]).join('\n');
  if (outcome === undefined)
    return { outcome: 'not tried', reason: linesOf('reason') || 'Its experiment did not run.' };
  return { outcome, seen: linesOf('seen'), expected: linesOf('expected') };
}

/** Returns whether all experiments that ran agree, and no resource is left. */
export const isFine = ({ marks, failure, left }: Report): boolean =>
  failure === undefined && left.length === 0 && marks.every(({ outcome }) => outcome !== 'differs');

/** Formats the report for people, with the differences first. */
export function formatReport({ account, regions, prefix, seconds, failure, marks, left }: Report): string {
  const of = (outcome: Finding['outcome']) => marks.filter((mark) => mark.outcome === outcome);
  const count = (outcome: Finding['outcome']) => `${of(outcome).length} ${outcome}`;
  const stages = Object.entries(seconds).map(([stage, duration]) => `${stage} ${duration} s`);
  return [
    `Account ${account}, ${regions.join(' and ')}, names ${prefix}-*`,
    `Time of AWS: ${stages.join(', ') || 'none'}`,
    ...(failure === undefined ? [] : [`The walk ended early: ${failure}`]),
    `${marks.length} marks: ${count('agrees')}, ${count('differs')}, ${count('not tried')}`,
    ...of('differs').flatMap((mark) => [
      `DIFFERS   ${placeOf(mark)}`,
      `  AWS:      ${indent(mark.seen)}`,
      `  expected: ${indent(mark.expected)}`,
    ]),
    ...of('not tried').map((mark) => `not tried ${placeOf(mark)}\n  ${mark.reason}`),
    ...of('agrees').map((mark) => `agrees    ${placeOf(mark)}`),
    ...left.map((name) => `LEFT      ${name}`),
    left.length === 0
      ? 'Everything that the walk made is taken apart.'
      : 'Take apart what is left: repeat with --clean.',
  ].join('\n');
}

const placeOf = ({ file, line, text, experiments }: MarkFinding): string =>
  `${file}:${line} ${text}${experiments.length > 0 ? ` [${experiments.join('; ')}]` : ''}`;

const indent = (text = ''): string => text.replaceAll('\n', '\n            ');

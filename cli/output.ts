import { styleText } from 'node:util';

export const formats = ['table', 'json', 'yaml', 'id'] as const;
export type Format = (typeof formats)[number];

/** The output of a command: the data for programs, the text for people, the id for scripts. */
export interface Shown {
  readonly data: unknown;
  readonly text: string;
  readonly id: string | readonly string[];
}

/** Writes the result of a command to stdout. */
export async function show({ data, text, id }: Shown, format: Format): Promise<void> {
  const texts: Readonly<Record<Format, () => string | Promise<string>>> = {
    table: () => text,
    json: () => JSON.stringify(data, undefined, 2),
    yaml: async () => (await import('yaml')).stringify(data).trimEnd(),
    id: () => [id].flat().join('\n'),
  };
  const written = await texts[format]();
  if (written) process.stdout.write(`${written}\n`);
}

/** Writes a line to stderr: progress, questions and errors, which are not the data. */
export const tell = (line: string): void => void process.stderr.write(`${line}\n`);

/** Returns rows as columns of equal width below their names. */
export function table(columns: readonly string[], rows: readonly (readonly (string | undefined)[])[]): string {
  const texts = [columns, ...rows.map((row) => row.map((cell) => cell ?? ''))];
  const widths = columns.map((_, column) => Math.max(...texts.map((row) => row[column]?.length ?? 0)));
  return texts
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

type Style = Parameters<typeof styleText>[0];

/** Returns a text with a style, if stderr is a terminal that shows styles and NO_COLOR is not set. */
export const styled = (style: Style, text: string): string => styleText(style, text, { stream: process.stderr });

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface Described {
  readonly name: string;
  readonly description: string;
}

/** Prints the commands of the program with their arguments and options. Node resolves the source of the client, which Vite does not. */
const script = `
  import { createProgram } from './cli/program.ts';
  const commands = createProgram().commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    takes: [...command.registeredArguments, ...command.options].map((taken) => ({
      name: taken.flags ?? taken.name(),
      description: taken.description,
    })),
  }));
  console.log(JSON.stringify(commands));`;
const printed = execFileSync(process.execPath, ['--conditions=source', '--input-type=module', '-e', script]);
const commands: (Described & { readonly takes: Described[] })[] = JSON.parse(String(printed));

const tests = readdirSync('test/cli')
  .map((file) => readFileSync(`test/cli/${file}`, 'utf8'))
  .join('\n');

describe.each(commands)('gds $name', ({ name, description, takes }) => {
  it('is run by a test', () => {
    expect(tests).toMatch(new RegExp(`\\b(gds|onTerminal)\\(\\s*'${name}'|\\bgds ${name}\\b`));
  });

  it('has a help with its arguments and options', () => {
    expect(description).toMatch(/^[A-Z]/);
    expect(takes.filter((taken) => !taken.description)).toEqual([]);
  });
});

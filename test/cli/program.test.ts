import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

interface Described {
  readonly name: string;
  readonly description: string;
}

/** A script that prints the commands of gds with their parameters. Node resolves the source of the client; Vite does not. */
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

const isRun = ({ name }: Described) => new RegExp(`\\b(gds|onTerminal)\\(\\s*'${name}'|\\bgds ${name}\\b`).test(tests);

it('has a test that runs each command', () => {
  expect(commands.length).toBeGreaterThan(0);
  expect(commands.filter((command) => !isRun(command)).map(({ name }) => name)).toEqual([]);
});

it.each(commands)('describes gds $name with its arguments and options', ({ description, takes }) => {
  expect(description).toMatch(/^[A-Z]/);
  expect(takes.filter((taken) => !taken.description)).toEqual([]);
});

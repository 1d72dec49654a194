import { spawn } from 'node:child_process';
import type { Command } from 'commander';
import { type Format, show } from '../output.ts';
import { chooseUrl, readProfile } from '../profile.ts';

/** Adds the command that opens the page of the API. */
export function addOpen(program: Command): void {
  program
    .command('open')
    .description('Print the URL of the API, and open its page where there are a terminal and a browser')
    .action(async (_: object, command: Command) => open(command.optsWithGlobals()));
}

async function open({ url: given, output }: { readonly url?: string; readonly output: Format }): Promise<void> {
  const url = chooseUrl(given, await readProfile());
  await show({ data: { Url: url }, text: url, id: url }, output);
  if (process.stdout.isTTY && hasBrowser()) startBrowser(url);
}

const hasBrowser = (): boolean =>
  ['darwin', 'win32'].includes(process.platform) ||
  Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY || process.env.BROWSER);

/** The programs of the platforms that open a URL. All others have xdg-open. */
const openers: Readonly<Record<string, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

/** Starts the browser, which continues after this process. Without a browser, only the URL is printed. */
function startBrowser(url: string): void {
  const [program, ...options] = openers[process.platform] ?? ['xdg-open'];
  spawn(program, [...options, url], { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
}

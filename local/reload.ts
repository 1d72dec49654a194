import { watch } from 'node:fs';
import { registerHooks } from 'node:module';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const sources = new URL('../src/', import.meta.url);

/** Creates a function that makes later imports load the files of `src/` again. Packages and the emulator stay as they are. */
export function createSourceReloader(): () => void {
  let version = 0;
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const resolved = nextResolve(specifier, context);
      const isSource = version > 0 && resolved.url.startsWith(sources.href);
      return isSource ? { ...resolved, url: `${resolved.url}?version=${version}` } : resolved;
    },
  });
  return () => version++;
}

/** Calls `onChange` with the name of a file after a change in `src/` or of the policy. Changes at the same time are one. */
export function watchSources(policyFile: string | undefined, onChange: (file: string) => void): void {
  const report = reportOnce(onChange);
  watchFolder('src', /\.ts$/, report);
  if (!policyFile) return;
  const name = basename(policyFile);
  watch(dirname(policyFile), (_, file) => file === name && report(policyFile)); // an editor may replace the file
}

/** Calls `onChange` with the name of a file after a change of the sources of the console. */
export function watchPages(onChange: (file: string) => void): void {
  const report = reportOnce(onChange);
  for (const folder of ['console', 'client']) watchFolder(folder, /\.(css|html|js|svg|ts)$/, report);
}

/** Returns a function that calls `onChange` with the last file of changes at the same time. */
function reportOnce(onChange: (file: string) => void): (file: string) => void {
  let timer: NodeJS.Timeout | undefined;
  return (file) => {
    clearTimeout(timer);
    timer = setTimeout(onChange, 100, file);
  };
}

/** Calls `report` with the name of a file after a change in a folder of the repository. */
function watchFolder(folder: string, names: RegExp, report: (file: string) => void): void {
  const path = fileURLToPath(new URL(`../${folder}/`, import.meta.url));
  watch(path, { recursive: true }, (_, file) => file && names.test(file) && report(`${folder}/${file}`));
}

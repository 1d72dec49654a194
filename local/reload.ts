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
  let timer: NodeJS.Timeout | undefined;
  const report = (file: string) => {
    clearTimeout(timer);
    timer = setTimeout(onChange, 100, file);
  };
  watch(fileURLToPath(sources), { recursive: true }, (_, file) => file?.endsWith('.ts') && report(`src/${file}`));
  if (!policyFile) return;
  const name = basename(policyFile);
  watch(dirname(policyFile), (_, file) => file === name && report(policyFile)); // an editor may replace the file
}

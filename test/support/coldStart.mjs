// Runs a bundle as Lambda does: imports the handler and calls it twice with the same event. Prints a report as JSON.
import crypto from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import vm from 'node:vm';

const [, , file, event] = process.argv;

/** The paths of all files that are read after this. */
const paths = [];
for (const [module, name] of [
  [fs, 'readFileSync'],
  [fs, 'readFile'],
  [fs, 'openSync'],
  [fs, 'open'],
  [fs.promises, 'readFile'],
  [fs.promises, 'open'],
]) {
  const original = module[name];
  module[name] = (path, ...rest) => {
    paths.push(String(path));
    return original(path, ...rest);
  };
}

/** Whether V8 accepted the code cache. */
let cache = 'none';
const { Script } = vm;
vm.Script = class extends Script {
  constructor(code, options) {
    super(code, options);
    if (options.cachedData) cache = this.cachedDataRejected ? 'rejected' : 'accepted';
  }
};

/** The number of calls of `createHmac`, which the SDK signs requests with. */
let signatures = 0;
const { createHmac } = crypto;
crypto.createHmac = (...options) => {
  signatures++;
  return createHmac(...options);
};

const modulesBefore = new Set(process.moduleLoadList);
const { handler } = await import(file);
const primed = signatures > 0;
const context = () => {
  const deadline = Date.now() + 29_000;
  return { awsRequestId: 'test', getRemainingTimeInMillis: () => deadline - Date.now() };
};
const first = await handler(JSON.parse(event), context());
const modules = process.moduleLoadList.filter((name) => !modulesBefore.has(name));
const second = await handler(JSON.parse(event), context());
/** The modules of Node that were compiled without Node's own code cache. Requires --expose-internals. */
const { internalBinding } = createRequire(import.meta.url)('internal/test/binding');
const compiled = [...internalBinding('builtins').getCacheUsage().compiledWithoutCache];
process.stdout.write(`\n${JSON.stringify({ first, second, modules, paths, cache, primed, compiled })}`);

// Runs a bundle as Lambda does: a Node without our sources, the handler imported, the same event twice. Tells what came of it.
import fs from 'node:fs';
import vm from 'node:vm';

const [, , file, event] = process.argv;

/** Every path that is asked for from here on. */
const paths = [];
for (const [of, name] of [
  [fs, 'readFileSync'],
  [fs, 'readFile'],
  [fs, 'openSync'],
  [fs, 'open'],
  [fs.promises, 'readFile'],
  [fs.promises, 'open'],
]) {
  const original = of[name];
  of[name] = (path, ...rest) => {
    paths.push(String(path));
    return original(path, ...rest);
  };
}

/** What V8 says of the code cache. */
let cache = 'none';
const { Script } = vm;
vm.Script = class extends Script {
  constructor(code, options) {
    super(code, options);
    if (options.cachedData) cache = this.cachedDataRejected ? 'rejected' : 'taken';
  }
};

const before = new Set(process.moduleLoadList);
const { handler } = await import(file);
const context = () => {
  const end = Date.now() + 29_000;
  return { awsRequestId: 'test', getRemainingTimeInMillis: () => end - Date.now() };
};
const first = await handler(JSON.parse(event), context());
const modules = process.moduleLoadList.filter((name) => !before.has(name));
const second = await handler(JSON.parse(event), context());
process.stdout.write(`\n${JSON.stringify({ first, second, modules, paths, cache })}`);

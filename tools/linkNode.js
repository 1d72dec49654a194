// Runs after npm installs, on the Node of the host: plain JavaScript.
import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';

const modules = new URL('../node_modules/', import.meta.url);
const { optionalDependencies } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const installed = Object.keys(optionalDependencies).find((name) => existsSync(new URL(name, modules)));

if (installed) {
  linkNode(installed);
  rmSync(new URL(`${installed}/include`, modules), { recursive: true, force: true }); // C headers, 67 MB
} else if (!/^v24\./.test(process.version)) {
  console.error(
    `No Node 24 for ${process.platform} ${process.arch}: put one into the PATH, instead of ${process.version}.`,
  );
}

/** Creates the command `node` of npm scripts. npm 10 removes it where packages for other platforms have it too. */
function linkNode(name) {
  const isLinked = readdirSync(new URL('.bin', modules)).some((file) => /^node(\.cmd)?$/.test(file));
  if (isLinked) return;
  if (process.platform !== 'win32') symlinkSync(`../${name}/bin/node`, new URL('.bin/node', modules));
  else writeFileSync(new URL('.bin/node.cmd', modules), `@"%~dp0\\..\\${name}\\bin\\node.exe" %*\r\n`);
}

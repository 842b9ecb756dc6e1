#!/usr/bin/env node
// Plain JavaScript that runs on any Node: finds a Node 24 (the one that runs this, or the one npm installed beside us)
// and hands over to the TypeScript entry point.
import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import module from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const self = fileURLToPath(import.meta.url);
const root = resolve(dirname(self), '..');

if (Number(process.versions.node.split('.')[0]) >= 24) {
  // Stripping types and compiling take longer than most commands. Node keeps the results by the hash of each source.
  module.enableCompileCache(join(root, 'node_modules', '.cache', 'upstack'));
  const entry = join(root, 'src', 'compose', 'main.ts');
  process.argv[1] = entry;
  await import(pathToFileURL(entry).href);
} else {
  const node = [
    join(root, 'node_modules', 'node', 'bin', 'node'),
    join(root, 'node_modules', '.bin', 'node'),
  ].find((path) => existsSync(path) && realpathSync(path) !== process.execPath);
  if (!node) {
    console.error(
      `upstack needs Node 24 (this is ${process.versions.node}): run "npm install" in ${root} without --ignore-scripts`,
    );
    process.exit(1);
  }
  const child = spawn(node, [self, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal ? 1 : 0);
  });
}

#!/usr/bin/env node
// Finds a Node that runs Outrider and starts it: the sources in a checkout, the built files in a package or image.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const [major, minor] = process.versions.node.split('.').map(Number);

if (major > 24 || (major === 24 && minor >= 15)) {
  await import(existsSync(at('../src/main.ts')) ? '../src/main.ts' : '../dist/main.js');
} else if (existsSync(at('../node_modules/node/bin/node'))) {
  const child = spawn(at('../node_modules/node/bin/node'), process.argv.slice(1), { stdio: 'inherit' });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    if (signal !== null) process.kill(process.pid, signal);
    process.exitCode = code ?? 1;
  });
} else {
  console.error(`outrider needs Node 24.15 or newer; this is ${process.version}`);
  process.exitCode = 1;
}

#!/usr/bin/env node
// Finds a Node that runs Outrider and starts it: the sources in a checkout, the built files in a package or image.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const [major, minor] = process.versions.node.split('.').map(Number);
const ownNode = at('../node_modules/node/bin/node');

if (major > 24 || (major === 24 && minor >= 15)) {
  await import(existsSync(at('../src/main.ts')) ? '../src/main.ts' : '../dist/main.js');
} else if (existsSync(ownNode)) {
  const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'];
  const child = spawn(ownNode, process.argv.slice(1), { stdio: 'inherit' });
  for (const signal of signals) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`error: ${ownNode} does not start: ${error.message}`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    // So that this process dies of what killed the other one.
    for (const each of signals) process.removeAllListeners(each);
    if (signal !== null) process.kill(process.pid, signal);
    process.exitCode = code ?? 1;
  });
} else {
  console.error(`error: outrider needs Node 24.15 or newer; this is ${process.version}`);
  process.exitCode = 1;
}

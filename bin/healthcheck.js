#!/usr/bin/env node
// Exit 0 while the daemon in this container answers /-/healthy. The image has neither curl nor a shell's tools to ask with.
import { get } from 'node:http';

const listen = process.env.OUTRIDER_LISTEN || process.env.OUTRIDER_DEFAULT_LISTEN || '127.0.0.1:9875';
const [, v6, name, port = '9875'] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(listen) ?? [];
const everywhere = ['', '0.0.0.0', '::', undefined];
const host = everywhere.includes(v6 ?? name) ? '127.0.0.1' : (v6 ?? name);

const asked = get({ host, port, path: '/-/healthy', timeout: 3000 }, (answer) => {
  answer.resume();
  process.exitCode = answer.statusCode === 200 ? 0 : 1;
});
asked.on('timeout', () => asked.destroy(new Error('no answer within 3 s')));
asked.on('error', (error) => {
  console.error(`${host}:${port}: ${error.message}`);
  process.exitCode = 1;
});

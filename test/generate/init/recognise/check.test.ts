import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import { loadProject } from '../../../../src/generate/init/compose/load.ts';
import { servicesOf } from '../../../../src/generate/init/compose/service.ts';
import { askedBy } from '../../../../src/generate/init/recognise/check.ts';
import { configFolder } from '../../../support/config-folder.ts';

/** What a health check asks: `scheme:port path`, with what is sent beside it. */
function asked(test: unknown): string {
  using folder = configFolder();
  const app = { image: 'app', container_name: 'the-app', environment: { PORT: '4000' }, healthcheck: { test } };
  const project = loadProject([folder.write('compose.yml', stringify({ services: { app } }))], {});
  const [service] = servicesOf(project);
  const found = service === undefined ? undefined : askedBy(service, project.variables);
  if (found === undefined) return 'nothing';
  const headers = found.headers.map(([name, value]) => ` ${name}=${value}`).join('');
  return `${found.scheme}:${found.port} ${found.path}${found.insecure ? ' insecure' : ''}${headers}`;
}

it.each([
  [['CMD', 'curl', '-f', 'http://localhost:8000/health'], 'http:8000 /health'],
  [['CMD-SHELL', 'curl -f http://127.0.0.1/ || exit 1'], 'http:80 /'],
  ['wget -qO- "http://0.0.0.0:3000/api/health?full=1" | grep ok', 'http:3000 /api/health?full=1'],
  ['curl -fs localhost:3000/up || exit 1', 'http:3000 /up'],
  ['curl --noproxy localhost localhost/up', 'http:80 /up'],
  ['curl -fsk https://localhost/healthz', 'https:443 /healthz insecure'],
  ['wget --no-check-certificate -q https://[::1]:8443/', 'https:8443 / insecure'],
  [`curl -H "Accept: text/plain" 'http://the-app:1/x'`, 'http:1 /x Accept=text/plain'],
  [['CMD', 'curl', '-H', 'Host: example.com', 'http://localhost:1/'], 'http:1 / Host=example.com'],
  [`curl http://localhost:$\${PORT}/a`, 'http:4000 /a'],
  ['curl http://localhost:$$PORT/a', 'http:4000 /a'],
  [`curl http://$\${HOSTNAME}:5/a`, 'http:5 /a'],
  ['curl "http://localhost:1/a?api_key=opensesame"', 'http:1 /a'],
  [`node -e "fetch('http://127.0.0.1:2/b').then(r=>process.exit(r.ok?0:1))"`, 'http:2 /b'],
  [`python -c "import urllib.request; urllib.request.urlopen('http://localhost:3/c')"`, 'http:3 /c'],
  [`bash -c 'exec 3<>/dev/tcp/localhost/9 && printf "GET /d HTTP/1.0\\r\\n" >&3'`, 'http:9 /d'],
  ['nc -z localhost 80', 'nothing'],
  ['curl http://another:80/', 'nothing'],
  ['curl http://me:opensesame@localhost/', 'nothing'],
  [['NONE'], 'nothing'],
  ['pgrep worker', 'nothing'],
])('%j asks %s', (test, expected) => {
  expect(asked(test)).toBe(expected);
});

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { routes } from '../../src/web/routes.ts';
import { deploymentSchema, maintenanceSchema, parseBody, silenceSchema } from '../../src/web/schema.ts';

const PAGE = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8');

/** `GET /api/v1/targets` → `read`, of every route in the page's table. */
const written = new Map(
  [...PAGE.matchAll(/^\| (`(?:GET|POST|DELETE) .*?) \| (\w+) \|/gm)].flatMap(([, cell = '', scope = '']) =>
    [...cell.matchAll(/`(?:(\w+) )?(\/[^`]*)`/g)].map(([, method = 'GET', path = '']) => [`${method} ${path}`, scope]),
  ),
);

/** What the page leaves out: the look of its pages, and PUT, which Prometheus takes beside POST. */
const LEFT_OUT = new Set(['GET /style.css', 'PUT /-/reload']);

it('docs/api.md lists every route with its scope, and none that does not exist', () => {
  const served = routes.flatMap(({ methods, path, scope }) =>
    methods.map(
      (method) => [`${method} ${path.replace(/:(\w+)/g, (_, name: string) => name.toUpperCase())}`, scope] as const,
    ),
  );
  expect(Object.fromEntries(written)).toEqual(Object.fromEntries(served.filter(([route]) => !LEFT_OUT.has(route))));
});

const bodies = [...PAGE.matchAll(/curl -X POST \S+\/api\/v1\/(\w+)[^']*'[^']*'[^']*'(\{.*?\})'/gs)].map(
  ([, route = '', body = '']) => ({ route, body }),
);
const schemas = { silences: silenceSchema, maintenance: maintenanceSchema, deployments: deploymentSchema };

it('docs/api.md shows a body for everything that people write', () => {
  expect(bodies.map(({ route }) => route)).toEqual(Object.keys(schemas));
});

it.each(bodies)('docs/api.md shows a good body for $route', ({ route, body }) => {
  expect(parseBody(schemas[route as keyof typeof schemas], JSON.parse(body))).toMatchObject({ ok: true });
});

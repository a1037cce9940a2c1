import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { MetricsFormat, Selection } from '../../src/web/view.ts';
import { siteOf, viewOf } from '../support/site.ts';

const PROMETHEUS_2_42 =
  'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';
const PROMETHEUS_3 =
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2';

/** A site whose exposition says only which format and selection it was asked for. */
function echo() {
  const asked: { selection: Selection; format: MetricsFormat }[] = [];
  const site = siteOf(
    viewOf({
      async *metrics(selection, format) {
        asked.push({ selection, format });
        yield `${format}\n`;
      },
    }),
  );
  return { ...site, asked };
}

describe('the format of /metrics', () => {
  it.each([
    [undefined, 'text'],
    ['*/*', 'text'],
    ['text/html', 'text'],
    ['text/plain', 'text'],
    ['application/openmetrics-text', 'openmetrics'],
    ['APPLICATION/OpenMetrics-Text; Version="1.0.0"', 'openmetrics'],
    ['application/openmetrics-text;version=2.0.0', 'text'],
    ['application/openmetrics-text;q=0', 'text'],
    ['application/openmetrics-text;q=0.4,text/plain;q=0.5', 'text'],
    ['application/openmetrics-text;q=nonsense', 'text'],
    [',;=,', 'text'],
    [PROMETHEUS_2_42, 'openmetrics'],
    [PROMETHEUS_3, 'openmetrics'],
  ] as const)('for Accept: %s is %s', async (accept, format) => {
    const { hono } = echo();
    const response = await hono.request('/metrics', { headers: accept === undefined ? {} : { Accept: accept } });
    expect(await response.text()).toBe(`${format}\n`);
    expect(response.headers.get('Content-Type')).toBe(
      format === 'text'
        ? 'text/plain; version=0.0.4; charset=utf-8'
        : 'application/openmetrics-text; version=1.0.0; charset=utf-8',
    );
    expect(response.headers.get('Vary')).toBe('Accept, Accept-Encoding');
  });
});

describe('the selection of /metrics', () => {
  it('is everything by default', async () => {
    const { hono, asked } = echo();
    await (await hono.request('/metrics')).text();
    expect(asked).toEqual([{ format: 'text', selection: { types: [], targets: [] } }]);
  });

  it('takes several types and targets', async () => {
    const { hono, asked } = echo();
    await (await hono.request('/metrics?type=http&type=redis&target=a%2Fb&target=%C3%A4')).text();
    expect(asked.map(({ selection }) => selection)).toEqual([{ types: ['http', 'redis'], targets: ['a/b', 'ä'] }]);
  });

  it('makes nothing for HEAD', async () => {
    const { hono, asked } = echo();
    const response = await hono.request('/metrics', { method: 'HEAD' });
    expect([response.status, await response.text(), asked]).toEqual([200, '', []]);
  });
});

/** An exposition of many pieces that counts what was taken of it and whether it was ended. */
function long(pieces: number, failAt = Number.POSITIVE_INFINITY) {
  const seen = { taken: 0, ended: false };
  const whole: string[] = [];
  const site = siteOf(
    viewOf({
      async *metrics() {
        try {
          for (let piece = 0; piece < pieces; piece += 1) {
            if (piece === failAt) throw new Error('the exposition failed');
            seen.taken += 1;
            const line = `up{target="${piece}"} ${'1'.repeat(100)}ü\n`;
            whole.push(line);
            yield line;
          }
        } finally {
          seen.ended = true;
        }
      },
    }),
  );
  return { ...site, seen, whole };
}

describe('the body of /metrics', () => {
  it.each(['gzip', 'br, gzip;q=0.5', '*'])('is compressed for Accept-Encoding: %s', async (encoding) => {
    const { hono, whole } = long(5000);
    const response = await hono.request('/metrics', { headers: { 'Accept-Encoding': encoding } });
    expect(response.headers.get('Content-Encoding')).toBe('gzip');
    const packed = new Uint8Array(await response.arrayBuffer());
    expect(gunzipSync(packed).toString()).toBe(whole.join(''));
    expect(packed.length).toBeLessThan(whole.join('').length / 10);
  });

  it.each([undefined, 'br', 'gzip;q=0', 'gzip;q=0, *'])('is plain for Accept-Encoding: %s', async (encoding) => {
    const { hono, whole } = long(5000);
    const response = await hono.request('/metrics', {
      headers: encoding === undefined ? {} : { 'Accept-Encoding': encoding },
    });
    expect(response.headers.has('Content-Encoding')).toBe(false);
    expect(await response.text()).toBe(whole.join(''));
  });

  it.each(['identity', 'gzip'])(
    'is made only as fast as it is read, and ended when the reader goes (%s)',
    async (encoding) => {
      const { hono, seen } = long(1_000_000);
      const response = await hono.request('/metrics', { headers: { 'Accept-Encoding': encoding } });
      const reader = response.body?.getReader();
      await reader?.read();
      expect(seen.taken).toBeLessThan(20_000);
      await reader?.cancel();
      expect(seen.ended).toBe(true);
    },
  );

  it.each(['identity', 'gzip'])('is a 500 where it fails at once (%s)', async (encoding) => {
    const { hono } = long(10, 5);
    const response = await hono.request('/metrics', { headers: { 'Accept-Encoding': encoding } });
    expect(response.status).toBe(500);
    expect(response.headers.get('Content-Type')).toBe('application/problem+json');
    expect(response.headers.has('Content-Encoding')).toBe(false);
  });

  it.each(['identity', 'gzip'])(
    'cuts the connection where it fails later, so that half of it never looks whole (%s)',
    async (encoding) => {
      const { hono, log } = long(100_000, 50_000);
      let cut = 0;
      const connection = { outgoing: { destroy: () => (cut += 1) } };
      const response = await hono.request('/metrics', { headers: { 'Accept-Encoding': encoding } }, connection);
      await response.arrayBuffer();
      expect(cut).toBe(1);
      expect(log.errors).toEqual(['an exposition broke off']);
    },
  );
});

import { once } from 'node:events';
import { get } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Head } from '../../../src/probe/http/head.ts';
import { readResponse } from '../../../src/probe/http/response.ts';

interface Outcome {
  readonly status: number | undefined;
  readonly body: string;
  /** `done`, `done, reusable`, `stopped`, `more`, or the problem. */
  readonly end: string;
}

/** Reads the pieces as they are given, then the close; the buffer is overwritten after each, as the connection's is. */
function read(pieces: readonly Buffer[], { method = 'GET', most = Number.POSITIVE_INFINITY } = {}): Outcome {
  let head: Head | undefined;
  let body = '';
  const reader = readResponse(method, (seen) => {
    head = seen;
    return (buffer, start, end) => {
      body += buffer.toString('latin1', start, end);
      return body.length <= most;
    };
  });
  const shared = Buffer.alloc(64 * 1024);
  const outcome = (end: string): Outcome => ({ status: head?.status, body, end });
  for (const piece of pieces) {
    piece.copy(shared);
    const step = reader.push(shared, piece.length);
    shared.fill('#');
    if (step.state === 'bad') return outcome(step.problem);
    if (step.state === 'done') return outcome(step.reusable ? 'done, reusable' : 'done');
    if (step.state === 'stopped') return outcome('stopped');
  }
  const last = reader.close();
  return outcome(last.state === 'bad' ? last.problem : last.state);
}

const whole = (text: string, options?: Parameters<typeof read>[1]) => read([Buffer.from(text, 'latin1')], options);
const byBytes = (text: string) => read([...Buffer.from(text, 'latin1')].map((byte) => Buffer.from([byte])));

describe('an answer ends', () => {
  test.each([
    ['after its Content-Length', 'Content-Length: 2\r\n\r\nUP', 'UP', 'done, reusable'],
    [
      'after its Content-Length, not to be used again',
      'Content-Length: 2\r\nConnection: close\r\n\r\nUP',
      'UP',
      'done',
    ],
    ['at once where its length is 0', 'Content-Length: 0\r\n\r\n', '', 'done, reusable'],
    ['before what does not belong to it', 'Content-Length: 2\r\n\r\nUPMORE', 'UP', 'done'],
    ['after the same length said twice', 'Content-Length: 2\r\nContent-Length: 2\r\n\r\nUP', 'UP', 'done, reusable'],
    ['after its last chunk', 'Transfer-Encoding: chunked\r\n\r\n1\r\nU\r\n1\r\nP\r\n0\r\n\r\n', 'UP', 'done, reusable'],
    [
      'after chunks with extensions',
      'Transfer-Encoding: chunked\r\n\r\n2;a=b\r\nUP\r\n0\r\n\r\n',
      'UP',
      'done, reusable',
    ],
    ['after its trailers', 'Transfer-Encoding: Chunked\r\n\r\n2\r\nUP\r\n0\r\nX: y\r\n\r\n', 'UP', 'done, reusable'],
    [
      'after chunks, whatever length it also claims',
      'Content-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nUP\r\n0\r\n\r\n',
      'UP',
      'done, reusable',
    ],
    ['with the connection where it has no length', '\r\nUP', 'UP', 'done'],
  ])('%s', (_, rest, body, end) => {
    const text = `HTTP/1.1 200 OK\r\n${rest}`;
    expect(whole(text)).toEqual({ status: 200, body, end });
    // What comes after the end comes in a read of its own there, and is nobody's.
    expect(byBytes(text)).toMatchObject({ status: 200, body });
  });

  test.each(['204', '304'])('with its head where the status is %s', (status) => {
    expect(whole(`HTTP/1.1 ${status} X\r\nContent-Length: 5\r\n\r\n`)).toMatchObject({
      body: '',
      end: 'done, reusable',
    });
  });

  test('with its head where only the head was asked for', () => {
    const answer = whole('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n', { method: 'HEAD' });
    expect(answer).toEqual({ status: 200, body: '', end: 'done, reusable' });
  });

  test('and can be followed by no other on a connection of HTTP/1.0', () => {
    expect(whole('HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nUP').end).toBe('done');
  });

  test('where lines end in LF alone', () => {
    expect(whole('HTTP/1.1 200 OK\nContent-Length: 2\n\nUP')).toMatchObject({ body: 'UP' });
  });

  test('after interim answers', () => {
    const text =
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nUP';
    expect(whole(text)).toEqual({ status: 200, body: 'UP', end: 'done, reusable' });
    expect(byBytes(text)).toEqual({ status: 200, body: 'UP', end: 'done, reusable' });
  });

  test.each([
    ['Content-Length: 10\r\n\r\n0123456789'],
    ['Transfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n0\r\n\r\n'],
    ['\r\n0123456789'],
  ])('early where no more of its body is wanted: %j', (rest) => {
    expect(whole(`HTTP/1.1 200 OK\r\n${rest}`, { most: 5 }).end).toBe('stopped');
  });
});

describe('an answer is refused', () => {
  test.each([
    ['', 'closed the connection without an answer'],
    ['HTTP/1.1 200 OK\r\nX', 'closed the connection in the middle of the headers'],
    ['HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nUP', 'closed the connection after 2 of the 9 bytes of the body'],
    [
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nUP',
      'closed the connection before the last chunk of the body',
    ],
    ['SSH-2.0-OpenSSH', 'does not speak HTTP: it said "SSH-2.0-OpenSSH"'],
    ['-ERR unknown command\r\n', 'does not speak HTTP: it said "-ERR unknown command"'],
    ['HTTP/1.1 101 Switching\r\n\r\n', 'switched to another protocol'],
    ['HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n', 'has a Content-Length that is not a number'],
    ['HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 'has a Content-Length that is not a number'],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n', 'has a Transfer-Encoding other than chunked'],
    ...['z', '-1', '', '1 1', '0x1', 'fffffffffffff'].map((size): [string, string] => [
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${size}\r\nU\r\n`,
      size === '1 1'
        ? 'closed the connection before the last chunk of the body'
        : 'sent a body whose chunks are not as they should be',
    ]),
    [
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nUP\r\n',
      'sent a body whose chunks are not as they should be',
    ],
  ])('as %j', (text, problem) => {
    expect(whole(text).end).toBe(problem);
    expect(byBytes(text).end).toContain(problem.split(':')[0]);
  });

  test.each([
    ['headers', `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(60_000)}`],
    ['interim answers', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(2000)],
  ])('where its %s do not end', (_, text) => {
    const piece = Buffer.from(text, 'latin1');
    expect(read([piece, piece, piece]).end).toBe('sent headers longer than 64 KiB');
  });

  test.each([
    ['the line of a chunk', `1;${'a'.repeat(5000)}`],
    ['its trailers', `0\r\n${`X: ${'a'.repeat(1000)}\r\n`.repeat(50)}`],
  ])('where %s do not end', (_, text) => {
    const start = Buffer.from(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${text}`, 'latin1');
    const more = Buffer.from(text.slice(3), 'latin1');
    expect(read([start, more]).end).toBe('sent a body whose chunks are not as they should be');
  });
});

/** A well-formed answer as its bytes, and what is in it. */
const answers = fc
  .record({
    status: fc.constantFrom(200, 201, 404, 500, 503),
    body: fc.string({ unit: 'grapheme-ascii', maxLength: 300 }),
    headers: fc.array(fc.tuple(fc.stringMatching(/^X-[a-z]{1,5}$/), fc.stringMatching(/^[ -~]{0,20}$/)), {
      maxLength: 5,
    }),
    framing: fc.oneof(
      fc.constant({ kind: 'length' as const }),
      fc.constant({ kind: 'close' as const }),
      fc.record({ kind: fc.constant('chunks' as const), size: fc.integer({ min: 1, max: 50 }), upper: fc.boolean() }),
    ),
    interim: fc.boolean(),
  })
  .map(({ status, body, headers, framing, interim }) => {
    const lines = [`HTTP/1.1 ${status} Whatever`, ...headers.map(([name, value]) => `${name}: ${value}`)];
    let sent = body;
    if (framing.kind === 'length') lines.push(`Content-Length: ${body.length}`);
    if (framing.kind === 'chunks') {
      lines.push('Transfer-Encoding: chunked');
      sent = `${(body.match(new RegExp(`[^]{1,${framing.size}}`, 'g')) ?? [])
        .map(
          (part) =>
            `${framing.upper ? part.length.toString(16).toUpperCase() : part.length.toString(16)}\r\n${part}\r\n`,
        )
        .join('')}0\r\n\r\n`;
    }
    const text = `${interim ? 'HTTP/1.1 102 Processing\r\n\r\n' : ''}${lines.join('\r\n')}\r\n\r\n${sent}`;
    return { text, status, body };
  });

/** The bytes of a text, cut at these places. */
function cut(text: string, places: readonly number[]): readonly Buffer[] {
  const bytes = Buffer.from(text, 'latin1');
  const at = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return at.slice(1).map((end, i) => bytes.subarray(at[i], end));
}

describe('whatever an answer is', () => {
  test('it reads the same, however its bytes are split', () => {
    fc.assert(
      fc.property(answers, fc.array(fc.nat(), { maxLength: 20 }), ({ text, status, body }, places) => {
        expect(read(cut(text, places))).toMatchObject({ status, body, end: expect.stringMatching(/^done/) });
      }),
    );
  });

  test('bytes of any kind are read without a throw', () => {
    const bytes = fc.uint8Array({ maxLength: 200 });
    const starts = fc.constantFrom('', 'HTTP/1.1 200 OK\r\n', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
    fc.assert(
      fc.property(starts, bytes, fc.array(fc.nat(), { maxLength: 5 }), (start, rest, places) => {
        const outcome = read(cut(start + Buffer.from(rest).toString('latin1'), places));
        expect(outcome.end).not.toBe('');
      }),
    );
  });
});

describe('beside the parser of Node', () => {
  let text = '';
  const server = createServer((socket) => {
    socket.on('error', () => {}).once('data', () => socket.end(text, 'latin1'));
  });
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => void server.close());

  const byNode = async (): Promise<{ status: number | undefined; body: string }> => {
    const { port } = server.address() as AddressInfo;
    const request = get({ host: '127.0.0.1', port, agent: false });
    const [response] = await once(request, 'response');
    let body = '';
    for await (const part of response.setEncoding('latin1')) body += part;
    return { status: response.statusCode, body };
  };

  test('every well-formed answer has the same status and body', async () => {
    await fc.assert(
      fc.asyncProperty(answers, async (answer) => {
        text = answer.text;
        expect(whole(text)).toMatchObject(await byNode());
      }),
      { numRuns: 100 },
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failureOf, loginFailureOf, parseRefusal } from '../../../src/probe/redis/refusal.ts';

const peer = '10.0.0.5:6379';

describe('an error reply to PING', () => {
  it.each([
    ['NOAUTH Authentication required.', 'auth', `${peer} asks for a password (NOAUTH)`],
    ['WRONGPASS invalid username-password pair', 'auth', `${peer} refused the username or password (WRONGPASS)`],
    ['NOPERM this user has no permissions', 'auth', `the user may not run PING on ${peer} (NOPERM)`],
    ['DENIED Redis is running in protected mode', 'auth', `${peer} is in protected mode`],
    ['LOADING Redis is loading the dataset in memory', 'unavailable', `${peer} is loading its data into memory`],
    ['MASTERDOWN Link with MASTER is down', 'unavailable', `replica ${peer} refuses to serve`],
    ['MISCONF Redis is configured to save RDB', 'unavailable', `${peer} refuses every write`],
    ['BUSY Redis is busy running a script', 'unavailable', `${peer} is busy running a script`],
    ['READONLY You cannot write against a read only replica.', 'unavailable', `${peer} is a read-only replica`],
    ["OOM command not allowed when used memory > 'maxmemory'.", 'unavailable', 'than maxmemory allows (OOM)'],
    ['ERR max number of clients reached', 'limit', `the maximum number of clients is reached`],
    ['ERR max number of clients + cluster connections reached', 'limit', `${peer} refused the connection`],
    ['ERR unknown command', 'protocol', `${peer} answered PING with an error: ERR unknown command`],
    ['something without a code', 'protocol', 'ERR something without a code'],
  ])('%s is %s', (line, reason, message) => {
    const failure = failureOf(parseRefusal(line), peer);
    expect(failure).toEqual({ reason, message: expect.stringContaining(message) });
  });
});

describe('an error reply to AUTH', () => {
  it.each([
    ['ERR invalid password', 'auth', `${peer} refused the login: ERR invalid password`],
    ['WRONGPASS invalid username-password pair', 'auth', 'refused the username or password'],
    ['ERR max number of clients reached', 'limit', 'maximum number of clients'],
    ['LOADING Redis is loading the dataset in memory', 'unavailable', 'is loading'],
  ])('%s is %s', (line, reason, message) => {
    expect(loginFailureOf(parseRefusal(line), peer)).toEqual({ reason, message: expect.stringContaining(message) });
  });
});

it('makes of any text a short message on one line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary-ascii', maxLength: 2000 }), (line) => {
      const { message } = failureOf(parseRefusal(line), peer);
      expect(message.length).toBeLessThan(300);
      expect(message).not.toMatch(/\p{Cc}/u);
    }),
  );
});

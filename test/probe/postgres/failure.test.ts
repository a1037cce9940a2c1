import { describe, expect, it } from 'vitest';
import { FloodError, failureOf, isFatal, isFull, NoPasswordError } from '../../../src/probe/postgres/failure.ts';

const serverError = (code: string, severity = 'FATAL', message = 'as the server says') =>
  Object.assign(new Error(message), { code, severity });

const socketError = (code: string) => Object.assign(new Error('socket'), { code });

const plain = { peer: '10.0.0.5:5432', pooled: false, socketError: undefined, closed: false };

describe('what an error of the server means', () => {
  it.each([
    ['28P01', 'auth'],
    ['28000', 'auth'],
    ['42501', 'auth'],
    ['53300', 'limit'],
    ['53200', 'limit'],
    ['57P01', 'unavailable'],
    ['57P03', 'unavailable'],
    ['3D000', 'unavailable'],
    ['55000', 'unavailable'],
    ['XX000', 'unavailable'],
    ['57014', 'timeout'],
    ['08P01', 'protocol'],
    ['0A000', 'protocol'],
  ])('%s is %s', (code, reason) => {
    const failure = failureOf(serverError(code), plain);
    expect(failure.reason).toBe(reason);
    expect(failure.message).toMatch(/^10\.0\.0\.5:5432 .*as the server says$/);
  });

  it.each([
    ['password authentication failed', 'auth'],
    ['SASL authentication failed', 'auth'],
    ['no such user: app', 'auth'],
    ['no more connections allowed (max_client_conn)', 'limit'],
    ['too many connections for role "app"', 'limit'],
    ['sorry, too many clients already', 'limit'],
    ['query_wait_timeout', 'unavailable'],
    ['pgbouncer is shutting down', 'unavailable'],
  ])('of a pooler, which has one code for all, “%s” is %s', (message, reason) => {
    expect(failureOf(serverError('08P01', 'FATAL', message), { ...plain, pooled: true }).reason).toBe(reason);
  });
});

describe('what else may have happened', () => {
  it.each([
    [new NoPasswordError(''), plain, 'auth', 'asks for a password'],
    [
      new Error('x'),
      { ...plain, socketError: socketError('ECONNRESET'), closed: true },
      'reset',
      'connection reset by',
    ],
    [new Error('x'), { ...plain, socketError: new FloodError(''), closed: true }, 'protocol', 'sent more than'],
    [new Error('x'), { ...plain, closed: true }, 'reset', 'closed the connection'],
    [new Error('odd bytes'), plain, 'protocol', 'odd bytes'],
    ['not even an error', plain, 'protocol', 'not even an error'],
  ] as const)('%s is told by its circumstances', (error, circumstances, reason, message) => {
    expect(failureOf(error, circumstances)).toEqual({ reason, message: expect.stringContaining(message) });
  });

  it('ends the session unless it is an error of one statement', () => {
    expect(isFatal(serverError('42501', 'ERROR'))).toBe(false);
    expect(isFatal(serverError('57P01', 'FATAL'))).toBe(true);
    expect(isFatal(new Error('socket'))).toBe(true);
  });

  it('tells a full server from one that lacks memory', () => {
    const full = serverError('53300');
    const memory = serverError('53200');
    expect(isFull(full, failureOf(full, plain))).toBe(true);
    expect(isFull(memory, failureOf(memory, plain))).toBe(false);
  });
});

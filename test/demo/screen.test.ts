import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { clockText, createScreen } from '../../demo/screen.ts';

function output(isTTY: boolean) {
  return Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY });
}

describe('the screen', () => {
  it('writes plain lines and no status into a pipe', () => {
    const pipe = output(false);
    const screen = createScreen(pipe);
    screen.status('waiting');
    screen.line(screen.style('red', 'one'));
    screen.line();
    expect(pipe.read()).toBe('one\n\n');
  });

  it('keeps the status below the lines on a terminal', () => {
    const terminal = output(true);
    const screen = createScreen(terminal);
    screen.status('waiting');
    screen.line('one');
    screen.status(undefined);
    expect(terminal.read()).toBe('\r\x1b[Kwaiting\r\x1b[Kone\n\r\x1b[Kwaiting\r\x1b[K');
  });

  it.each([
    [0, '0:00.0'],
    [7_449, '0:07.4'],
    [59_999, '0:59.9'],
    [600_000, '10:00.0'],
  ])('shows %d ms as %s', (ms, text) => {
    expect(clockText(ms)).toBe(text);
  });
});

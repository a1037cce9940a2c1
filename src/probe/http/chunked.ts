const LF = 10;
const CR = 13;
const SEMICOLON = 59;
const SPACE = 32;
const TAB = 9;
/** More than this in the line of a chunk’s size, or in all trailers, is an attack. */
const LONGEST_LINE = 4096;
const LONGEST_TRAILERS = 64 * 1024;
const MOST_DIGITS = 12;

/** Takes a stretch of body bytes; false means that no more are wanted. */
export type TakeBytes = (buffer: Buffer, start: number, end: number) => boolean;

export type ChunkedState = 'more' | 'done' | 'stopped' | 'bad';

interface Place {
  in: 'size' | 'extension' | 'data' | 'after-data' | 'trailers';
  /** Bytes of the chunk that are still to come. */
  left: number;
  digits: number;
  lineLength: number;
  trailersLength: number;
}

/** Takes chunked framing apart (RFC 9112 §7.1), however its bytes are split; trailers are skipped. `at` is behind what was read. */
export function readChunked(
  take: TakeBytes,
): (buffer: Buffer, at: number, end: number) => { readonly at: number; readonly state: ChunkedState } {
  const place: Place = { in: 'size', left: 0, digits: 0, lineLength: 0, trailersLength: 0 };
  return (buffer, from, end) => {
    let at = from;
    while (at < end) {
      if (place.in === 'data') {
        const now = Math.min(place.left, end - at);
        if (!take(buffer, at, at + now)) return { at, state: 'stopped' };
        at += now;
        place.left -= now;
        if (place.left === 0) place.in = 'after-data';
        continue;
      }
      const state = readByte(place, buffer[at++] ?? 0);
      if (state !== 'more') return { at, state };
    }
    return { at, state: 'more' };
  };
}

function readByte(place: Place, byte: number): ChunkedState {
  if (place.in === 'trailers') return inTrailers(place, byte);
  if (place.in !== 'after-data') return inSizeLine(place, byte) ? 'more' : 'bad';
  if (byte === LF) place.in = 'size';
  else if (byte !== CR) return 'bad';
  return 'more';
}

/** One byte of the line with the size; false where it cannot be there. */
function inSizeLine(place: Place, byte: number): boolean {
  if (++place.lineLength > LONGEST_LINE) return false;
  if (byte === LF) {
    if (place.digits === 0) return false;
    place.in = place.left === 0 ? 'trailers' : 'data';
    place.digits = 0;
    place.lineLength = 0;
    return true;
  }
  if (place.in === 'extension' || byte === CR) return true;
  const digit = hexDigit(byte);
  if (digit >= 0) {
    place.left = place.left * 16 + digit;
    return ++place.digits <= MOST_DIGITS;
  }
  place.in = 'extension';
  return place.digits > 0 && (byte === SEMICOLON || byte === SPACE || byte === TAB);
}

/** Trailers end with an empty line. */
function inTrailers(place: Place, byte: number): ChunkedState {
  if (++place.trailersLength > LONGEST_TRAILERS) return 'bad';
  if (byte === CR) return 'more';
  if (byte !== LF) {
    place.lineLength++;
    return 'more';
  }
  if (place.lineLength === 0) return 'done';
  place.lineLength = 0;
  return 'more';
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

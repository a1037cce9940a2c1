import { systemClock } from '../../src/core/clock.ts';
import { openStore } from '../../src/store/open.ts';

/** Commits documents 1, 2, 3, … and the pair of each, several at once, and writes the number of each that is answered, until it is killed. */
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const AT_ONCE = 4;

const store = await openStore(process.argv[2] ?? '', systemClock, quiet);
let last = 0;

async function write(): Promise<never> {
  for (;;) {
    const id = String(++last);
    const doc = { id, text: 'x'.repeat(last % 3000) };
    await store.commit([
      { kind: 'told', id, doc },
      { kind: 'seen', id, doc },
      { kind: 'silence', id: 'newest', doc },
    ]);
    process.stdout.write(`${id}\n`);
  }
}

await Promise.all(Array.from({ length: AT_ONCE }, write));

import { systemClock } from '../../../src/core/clock.ts';
import { errorText } from '../../../src/core/errors.ts';
import { openStore } from '../../../src/store/open.ts';
import type { StoreAnswer, StoreRequest } from './remote-store.ts';

/** A store in a process of its own, that does what it is asked over the channel to its parent. */
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const store = await openStore(process.argv[2] ?? '', systemClock, quiet);

async function answer({ ask }: StoreRequest): Promise<unknown> {
  if (ask.op === 'commit') return await store.commit(ask.writes);
  if (ask.op === 'load') return await store.load(ask.kind);
  if (ask.op === 'state') return store.state();
  return await store[Symbol.asyncDispose]();
}

process.on('message', (request: StoreRequest) => {
  const reply = (said: Omit<StoreAnswer, 'id'>) => process.send?.({ id: request.id, ...said });
  answer(request).then(
    (value) => reply({ value }),
    (error: unknown) => reply({ wrong: errorText(error) }),
  );
});
process.on('disconnect', () => process.exit());
process.send?.({ id: 0 });

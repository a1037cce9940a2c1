import { parentPort } from 'node:worker_threads';
import { errorText } from '../core/errors.ts';
import { type Answer, Unusable } from './wire.ts';

/** Answers what this thread is asked, one after the other; what is thrown is an answer too. */
export function serve<R extends { readonly id: number }>(answer: (request: R) => unknown): void {
  parentPort?.on('message', (request: R) => {
    const { id } = request;
    let said: Answer;
    try {
      said = { id, ok: true, value: answer(request) };
    } catch (error) {
      const failure = error instanceof Unusable ? error.failure : 'failed';
      said = { id, ok: false, failure, message: errorText(error) };
    }
    parentPort?.postMessage(said);
  });
}

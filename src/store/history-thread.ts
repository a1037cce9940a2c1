import { parentPort } from 'node:worker_threads';
import { errorText } from '../core/errors.ts';
import { type HistoryFile, openHistoryFile, putHistoryAside } from './history-file.ts';
import type { HistoryAnswer, HistoryRequest } from './history-wire.ts';
import { Unusable } from './wire.ts';

/** The thread that holds the file of history: it stalls neither a probe nor the commit of an alert. */
let file: HistoryFile | undefined;

const held = (): HistoryFile => {
  if (file === undefined) throw new Error('history is not open');
  return file;
};

function close(): void {
  const open = file;
  file = undefined;
  open?.close();
}

function open(path: string, setAside: string | undefined): string | undefined {
  close();
  const aside = setAside === undefined ? undefined : putHistoryAside(path, setAside);
  file = openHistoryFile(path);
  return aside;
}

function answer(request: HistoryRequest): unknown {
  switch (request.op) {
    case 'open':
      return open(...request.args);
    case 'close':
      return close();
    case 'append':
      return held().append(...request.args);
    case 'lines':
      return held().lines(...request.args);
    case 'summaries':
      return held().summaries(...request.args);
    case 'hourMeans':
      return held().hourMeans(...request.args);
    case 'changes':
      return held().changes(...request.args);
    case 'roll':
      return held().roll(...request.args);
    case 'purge':
      return held().purge(...request.args);
  }
}

parentPort?.on('message', (request: HistoryRequest) => {
  const { id } = request;
  let said: HistoryAnswer;
  try {
    said = { id, ok: true, value: answer(request) };
  } catch (error) {
    said = { id, ok: false, failure: error instanceof Unusable ? error.failure : 'failed', message: errorText(error) };
  }
  parentPort?.postMessage(said);
});

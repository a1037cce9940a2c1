import { putAside } from './file.ts';
import { type HistoryFile, openHistoryFile } from './history-file.ts';
import type { HistoryRequest } from './history-wire.ts';
import { serve } from './serve.ts';

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
  const aside = setAside === undefined ? undefined : putAside(path, setAside);
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

serve<HistoryRequest>(answer);

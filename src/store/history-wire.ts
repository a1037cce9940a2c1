import type { History } from '../core/history.ts';

type Asks = Omit<History, typeof Symbol.asyncDispose> & { open(path: string, setAside: string | undefined): unknown };

/** A method of `History` by its name and what it is given; `open` sets a broken file aside under a name with that stamp first. */
export type Call = { [K in keyof Asks]: { readonly op: K; readonly args: Parameters<Asks[K]> } }[keyof Asks];

/** What the thread that holds the file of history is asked. */
export type HistoryRequest = { readonly id: number } & (Call | { readonly op: 'close' });

import { systemClock } from '../../src/core/clock.ts';
import { startWeb, type Web } from '../../src/web/server.ts';
import type { View } from '../../src/web/view.ts';
import { keepingLog, tokenFor, withTokens } from '../support/site.ts';
import { type Typed, type } from './terminal.ts';

/** The API of a daemon over a view on a free port, and a terminal whose commands ask it. */
export interface Watched extends AsyncDisposable {
  readonly url: string;
  type(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Typed>;
}

/** With a token for each of `read` and `write`; the terminal has that of `write`. */
export async function watch(view: View, read: 'public' | 'token' = 'public'): Promise<Watched> {
  const web: Web = await startWeb({
    host: '127.0.0.1',
    port: 0,
    view,
    log: keepingLog(),
    clock: systemClock,
    auth: withTokens(read, 'read', 'write'),
    externalUrl: undefined,
  });
  const url = `http://127.0.0.1:${web.port}`;
  return {
    url,
    type: (args, env = {}) => type(args, { OUTRIDER_URL: url, OUTRIDER_TOKEN: tokenFor('write'), ...env }),
    [Symbol.asyncDispose]: () => web.close(),
  };
}

import type { Checking } from './checked.ts';
import { warn } from './checked.ts';
import type { ConfiguredTarget } from './config.ts';
import type { FileKeys } from './file-schema.ts';
import { childOf, type MapNode, type Path } from './located.ts';

/** Tokens shorter than this can be guessed. */
const SHORT_TOKEN = 16;

/** Notes what is allowed and yet probably not meant, of the file as a whole. */
export function warnOfFile(checking: Checking, { listen, auth, targets }: FileKeys): void {
  const tokens = auth?.tokens ?? [];
  if (listen !== undefined && !isLoopback(listen.host) && tokens.length === 0)
    warn(checking, ['listen'], {
      message: 'others can reach this address, and auth.tokens is empty: anybody may read, nobody may write',
    });
  for (const [index, { token }] of tokens.entries())
    if (token.reveal().length < SHORT_TOKEN)
      warn(checking, ['auth', 'tokens', index, 'token'], {
        message: `a token this short can be guessed: expected at least ${SHORT_TOKEN} characters`,
      });
  if (targets.length === 0) warn(checking, ['targets'], { message: 'nothing is probed: there is no target' });
}

const isLoopback = (host: string): boolean => /^(127\.|::1$|localhost$)/i.test(host);

/** Notes certificates that nobody verifies. */
export function warnOfTls(checking: Checking, { node, path }: { readonly node: MapNode; readonly path: Path }): void {
  const unverified = childOf(childOf(node, 'tls'), 'insecure_skip_verify');
  if (unverified?.kind === 'scalar' && String(unverified.value) === 'true')
    warn(checking, [...path, 'tls', 'insecure_skip_verify'], {
      message: 'the certificate is not verified: anybody in between can pose as this service',
    });
}

/** Notes dependencies on paused targets: they never explain anything. */
export function warnOfPaused(checking: Checking, targets: readonly ConfiguredTarget[]): void {
  const paused = new Set(targets.filter(({ target }) => !target.enabled).map(({ target }) => target.name));
  if (paused.size === 0) return;
  for (const [index, { target }] of targets.entries())
    for (const [at, { name }] of target.dependsOn.entries())
      if (target.enabled && paused.has(name))
        warn(checking, ['targets', index, 'depends_on', at], {
          message: `"${name}" is not enabled: it explains no failure`,
        });
}

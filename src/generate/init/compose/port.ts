import { mapOf, type Plain, textOf } from './plain.ts';
import { filled, hidden, isReference, ours, type Raw, soleReference, type Variables } from './text.ts';

/** A port that a service publishes. */
export interface Port {
  /** Inside the container, as Outrider's config writes it: `8080`, `${PORT}`. */
  readonly container: string;
  /** The same as a number; undefined where a variable says it and nobody set that. */
  readonly number: number | undefined;
  /** On the machine itself: nobody outside the machine can reach a loopback one; a random one nobody can know. */
  readonly reach: 'world' | 'loopback' | 'random';
}

/** Short (`8080`, `80:8080`, `127.0.0.1:80:8080/tcp`, ranges) and long syntax; nothing for UDP. */
export function portOf(written: Plain, variables: Variables): readonly Port[] {
  const text = textOf(written);
  if (text !== undefined) return shortPort(text, variables);
  const map = mapOf(written);
  const target = textOf(map['target']);
  if (target === undefined || (textOf(map['protocol']) ?? 'tcp') !== 'tcp') return [];
  const ip = filled(textOf(map['host_ip']) ?? '', variables);
  return port(target, textOf(map['published']) ?? '', ip, variables);
}

function shortPort(written: Raw, variables: Variables): readonly Port[] {
  // A variable may hold all of it: `${EXPOSE_PORT:-8080:80}`.
  const sole = soleReference(written);
  const text = sole?.otherwise?.includes(':') ? filled(written, variables) : written;
  const { open, shown } = hidden(text);
  const [address = '', protocol = 'tcp'] = open.split('/');
  if (protocol !== 'tcp') return [];
  const [, ip = '', published = '', container = ''] =
    /^(?:(\[.*\]|[^:]*):)?(?:([^:]*):)?([^:]+)$/.exec(reordered(address)) ?? [];
  if (container === '') return [];
  return port(shown(container), shown(published), filled(shown(ip), variables), variables);
}

/** `80:8080` has no address: it is put where the pattern looks for one. */
const reordered = (address: string): string => (/^[^:[]*:[^:]+$/.test(address) ? `:${address}` : address);

function port(container: Raw, published: Raw, ip: string, variables: Variables): readonly Port[] {
  const inside = containerPort(container, variables);
  const reach = /^(127\.|\[?::1|localhost)/.test(ip) ? 'loopback' : published === '' ? 'random' : 'world';
  return inside === undefined ? [] : [{ ...inside, reach }];
}

/** A container's port, of a range the first; undefined where it is neither a port nor a variable. */
export function containerPort(raw: Raw, variables: Variables): Pick<Port, 'container' | 'number'> | undefined {
  const number = Number(filled(raw, variables).replace(/-.*$/, ''));
  const known = Number.isInteger(number) && number > 0 && number < 65_536;
  if (!known) return isReference(raw) ? { container: ours(raw), number: undefined } : undefined;
  return { container: raw.includes('$') ? ours(raw) : String(number), number };
}

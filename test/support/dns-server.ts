import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

const TYPE_A = 1;
const TYPE_AAAA = 28;
const RCODES = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 } as const;

/** What the server does with the questions for one name. */
export type DnsRecord =
  | { readonly A?: readonly string[]; readonly AAAA?: readonly string[]; readonly delayMs?: number }
  | { readonly rcode: keyof typeof RCODES }
  | 'silent';

/** A question as it came in: `A api.example`. */
export interface DnsServer extends AsyncDisposable {
  readonly address: string;
  /** Questions so far, in order. */
  readonly asked: readonly string[];
  set(name: string, record: DnsRecord): void;
  /** What becomes of questions for all other names, from now on. */
  setUnknown(record: DnsRecord): void;
}

/** A name server on a free UDP port that says what it is told to; names that it does not know are NXDOMAIN. */
export async function startDnsServer(records: Readonly<Record<string, DnsRecord>> = {}): Promise<DnsServer> {
  const known = new Map(Object.entries(records));
  const asked: string[] = [];
  let unknown: DnsRecord = { rcode: 'NXDOMAIN' };
  const timers = new Set<NodeJS.Timeout>();
  const socket = createSocket('udp4');
  socket.on('message', (query, peer) => {
    const { name, type, end } = readQuestion(query);
    const kind = type === TYPE_A ? 'A' : 'AAAA';
    asked.push(`${kind} ${name}`);
    const record = known.get(name) ?? unknown;
    if (record === 'silent') return;
    const addresses = 'rcode' in record ? [] : (record[kind] ?? []);
    const reply = answer(query.subarray(0, end), 'rcode' in record ? record.rcode : 'NOERROR', type, addresses);
    const delayMs = 'rcode' in record ? 0 : (record.delayMs ?? 0);
    const timer = setTimeout(() => {
      timers.delete(timer);
      socket.send(reply, peer.port, peer.address);
    }, delayMs);
    timers.add(timer);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  let open = true;
  return {
    address: `127.0.0.1:${socket.address().port}`,
    asked,
    set: (name, record) => known.set(name, record),
    setUnknown: (record) => {
      unknown = record;
    },
    async [Symbol.asyncDispose]() {
      if (!open) return;
      open = false;
      for (const timer of timers) clearTimeout(timer);
      await closed(socket);
    },
  };
}

async function closed(socket: Socket): Promise<void> {
  const end = once(socket, 'close');
  socket.close();
  await end;
}

function readQuestion(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

/** The question with the answers after it; each points back to the name at offset 12 and lives no second. */
function answer(
  question: Buffer,
  rcode: keyof typeof RCODES,
  type: number,
  addresses: readonly string[],
): Buffer<ArrayBuffer> {
  const header = Buffer.from(question.subarray(0, 12));
  header.writeUInt16BE(0x8180 | RCODES[rcode], 2);
  header.writeUInt16BE(addresses.length, 6);
  header.writeUInt32BE(0, 8);
  const answers = addresses.map((address) => {
    const data = type === TYPE_AAAA ? ipv6(address) : Buffer.from(address.split('.').map(Number));
    const head = Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 0, 0, data.length]);
    return Buffer.concat([head, data]);
  });
  return Buffer.concat([header, question.subarray(12), ...answers]);
}

/** `2001:db8::1` → its 16 bytes. */
function ipv6(address: string): Buffer {
  const [left = '', right] = address.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)));
  const before = groups(left);
  const after = groups(right ?? '');
  const all = [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after];
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 255]));
}

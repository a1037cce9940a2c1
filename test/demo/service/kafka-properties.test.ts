import { describe, expect, it } from 'vitest';
import { serverProperties } from '../../../demo/service/kafka-properties.ts';

const node = (id: number) => ({
  id,
  folder: `/tmp/kafka/node-${id}`,
  port: 10_000 + id,
  controllerPort: 11_000 + id,
  saslPort: 12_000 + id,
  tlsPort: 13_000 + id,
});
const lines = (text: string) => text.trimEnd().split('\n');

describe('server.properties', () => {
  it('makes one node broker and controller', () => {
    expect(lines(serverProperties(node(1), [node(1)], {}))).toEqual(
      expect.arrayContaining([
        'process.roles=broker,controller',
        'controller.quorum.voters=1@127.0.0.1:11001',
        'listeners=PLAINTEXT://127.0.0.1:10001,CONTROLLER://127.0.0.1:11001',
        'advertised.listeners=PLAINTEXT://127.0.0.1:10001',
        'offsets.topic.replication.factor=1',
      ]),
    );
  });

  it('lets three nodes vote and replicate', () => {
    expect(lines(serverProperties(node(2), [node(1), node(2), node(3)], {}))).toEqual(
      expect.arrayContaining([
        'node.id=2',
        'controller.quorum.voters=1@127.0.0.1:11001,2@127.0.0.1:11002,3@127.0.0.1:11003',
        'offsets.topic.replication.factor=3',
      ]),
    );
  });

  it('opens listeners for SASL and TLS only when asked', () => {
    const security = { sasl: { user: 'alice', password: 'x' }, tls: { cert: 'CERT\nLINE', key: 'KEY' } };
    const text = lines(serverProperties(node(1), [node(1)], security));
    expect(text).toContain(
      'advertised.listeners=PLAINTEXT://127.0.0.1:10001,SASL://127.0.0.1:12001,TLS://127.0.0.1:13001',
    );
    expect(text).toContain('listener.name.tls.ssl.keystore.certificate.chain=CERT\\nLINE');
  });

  it('lets the caller win', () => {
    const text = serverProperties(node(1), [node(1)], {}, { 'num.partitions': '7', 'num.io.threads': '1' });
    expect(lines(text)).toEqual(expect.arrayContaining(['num.partitions=7', 'num.io.threads=1']));
  });
});

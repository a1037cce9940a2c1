import { describe, expect, it } from 'vitest';
import { instruction } from '../../../demo/service/requirement.ts';

describe('what to install', () => {
  it('names the program, the package and the command', () => {
    const lack = { what: 'redis-server', packages: ['redis-server', 'valkey-server'], homebrew: 'redis' };
    expect(instruction('redis', [lack])).toBe(
      [
        'redis: redis-server is missing.',
        '  Debian or Ubuntu: sudo apt-get update && sudo apt-get install --no-install-recommends redis-server',
        '  macOS: brew install redis',
      ].join('\n'),
    );
  });

  it('puts several lacks into one command and says why installing failed', () => {
    const lacks = [
      { what: 'java', packages: ['openjdk-21-jre-headless'] },
      { what: 'mvn', packages: ['maven'] },
    ];
    expect(instruction('kafka', lacks, 'apt-get: no network')).toBe(
      [
        'kafka: java and mvn are missing (apt-get: no network).',
        '  Debian or Ubuntu: sudo apt-get update && sudo apt-get install --no-install-recommends openjdk-21-jre-headless maven',
      ].join('\n'),
    );
  });
});

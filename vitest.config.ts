import { defineConfig } from 'vitest/config';

const service = ['test/service/**/*.test.ts'];
const containers = ['test/containers/**/*.test.ts'];
const fault = ['test/fault/**/*.test.ts'];
const long = ['test/fault/**/*.long.test.ts'];
const everywhere = ['node_modules/**', 'dist/**'];
/** On a shared machine a real service may stall once; what fails twice is a failure. The report names what was tried again. */
const retry = process.env['CI'] === undefined ? 0 : 1;

/** Daemons of tests keep nothing across a restart, but where a test is about that. */
const env = { OUTRIDER_STORE: 'memory' };

/**
 * `unit` needs nothing but Node; `service` starts real services itself; `containers` needs an engine that speaks Docker's API.
 * `fault` breaks things; `fault-long` takes an hour, and is never tried again: a loss that happens once is a loss.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          env,
          setupFiles: 'test/support/seed.ts',
          testTimeout: 30_000, // for a busy machine
          include: ['test/**/*.test.ts'],
          exclude: [...service, ...containers, ...fault, ...everywhere],
        },
      },
      {
        test: {
          name: 'service',
          env,
          include: service,
          retry,
          testTimeout: 60_000,
          hookTimeout: 240_000,
          maxWorkers: 3,
          globalSetup: 'test/support/provision.ts',
        },
      },
      {
        test: {
          name: 'fault',
          env,
          include: fault,
          exclude: [...long, ...everywhere],
          retry,
          testTimeout: 300_000,
          hookTimeout: 240_000,
          maxWorkers: 3,
          globalSetup: 'test/support/provision.ts',
        },
      },
      {
        test: {
          name: 'fault-long',
          env,
          include: long,
          testTimeout: 5_400_000,
          hookTimeout: 240_000,
          fileParallelism: false,
          globalSetup: 'test/support/provision.ts',
        },
      },
      {
        test: {
          name: 'containers',
          include: containers,
          testTimeout: 600_000,
          hookTimeout: 900_000,
          fileParallelism: false,
        },
      },
    ],
  },
});

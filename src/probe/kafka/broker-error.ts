import type { Failure } from '../../core/result.ts';

/** Why one broker could not be asked, in the words of a probe's failure. */
export class BrokerError extends Error {
  override readonly name = 'BrokerError';
  readonly failure: Failure;
  constructor(failure: Failure, options?: ErrorOptions) {
    super(failure.message, options);
    this.failure = failure;
  }
}

/** What went wrong as a failure; anything but a BrokerError is a bug and thrown on. */
export function failureOf(error: unknown): Failure {
  if (error instanceof BrokerError) return error.failure;
  throw error;
}

/** Codes of the errors that refuse a start or a command; docs/errors.md lists each. */
export const ERROR_CODES = [
  'config_invalid',
  'listen_failed',
  'store_locked',
  'store_newer',
  'usage',
  'unreachable',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** A refusal that the process edge turns into a line for people and an exit code. Anything else thrown is a bug. */
export class OutriderError extends Error {
  override readonly name = 'OutriderError';
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Text of anything thrown, for logs. */
export const errorText = (error: unknown): string => (error instanceof Error ? error.message : String(error));

import type { Delivery } from '../contract.ts';

/** What is wrong with who asks. Source of all codes: https://docs.slack.dev/reference/methods/chat.postMessage */
const AUTH: ReadonlySet<string> = new Set([
  'access_denied',
  'account_inactive',
  'action_prohibited',
  'ekm_access_denied',
  'invalid_auth',
  'invalid_token',
  'missing_scope',
  'no_permission',
  'not_allowed_token_type',
  'not_authed',
  'team_access_not_granted',
  'team_disabled',
  'token_expired',
  'token_revoked',
  'two_factor_setup_required',
]);

/** Where the message should go is not there. */
const MISSING: ReadonlySet<string> = new Set([
  'channel_is_archived',
  'channel_not_found',
  'is_archived',
  'no_service',
  'no_service_id',
  'no_team',
  'not_in_channel',
  'user_not_found',
]);

/** What is Slack's own trouble and passes. */
const PASSING: ReadonlySet<string> = new Set([
  'external_channel_migrating',
  'fatal_error',
  'internal_error',
  'org_login_required',
  'request_timeout',
  'rollup_error',
  'service_unavailable',
  'team_added_to_org',
  'update_failed',
]);

/** After these a part of it may have been done. */
const HALFWAY: ReadonlySet<string> = new Set(['fatal_error', 'internal_error']);

const RATES: ReadonlySet<string> = new Set(['ratelimited', 'rate_limited', 'message_limit_exceeded']);

const HINTS: Readonly<Record<string, string>> = {
  account_inactive: 'the app’s account was removed',
  channel_is_archived: 'the channel is archived',
  channel_not_found: 'there is no such channel, or the app may not see it',
  invalid_auth: 'the token is wrong',
  is_archived: 'the channel is archived',
  missing_scope: 'the app needs the scope chat:write',
  no_service: 'the webhook was removed',
  not_in_channel: 'invite the app into the channel',
  token_expired: 'the token has expired',
  token_revoked: 'the token was revoked',
};

/** Whether Slack asks for a pause. */
export const asksToWait = (code: string): boolean => RATES.has(code);

/** A code of Slack's, or undefined: whatever else stands there is not shown. */
export const codeIn = (text: string): string | undefined => /^[a-z][a-z_]{2,79}$/.exec(text.trim())?.[0];

/** What an error code means for a message: Slack's own trouble passes, the rest would be refused again. */
export function refusalOf(code: string): Delivery {
  const hint = HINTS[code];
  const message = `Slack answered ${code}${hint === undefined ? '' : `: ${hint}`}`;
  const reason = AUTH.has(code) ? 'auth' : MISSING.has(code) ? 'missing' : 'client';
  if (!PASSING.has(code)) return { ok: false, retry: false, reason, message };
  const maybe = HALFWAY.has(code) ? ({ maybeTaken: true } as const) : {};
  return { ok: false, retry: true, reason: 'server', message, ...maybe };
}

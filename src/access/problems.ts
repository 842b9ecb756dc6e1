import { problemTable } from '../lib/problem.ts';

export const problem = problemTable('access', {
  unauthenticated: { status: 401, title: 'Who are you?' },
  forbidden: { status: 403, title: 'Not allowed' },
  'invalid-input': { status: 400, title: 'Invalid input' },
  'foreign-origin': { status: 403, title: 'Foreign host or origin' },
  'keys-unreadable': { status: 500, title: 'The key file cannot be used' },
  'bad-expiry': { status: 400, title: 'Bad expiry' },
  'no-such-token': { status: 404, title: 'No such token' },
  'ambiguous-token': { status: 409, title: 'Several tokens have this name' },
  'token-ended': { status: 409, title: 'The token has ended' },
  'too-many-tokens': { status: 409, title: 'Too many tokens' },
  /** A change was made, and its entry in the audit log is still to be written. */
  'not-recorded': { status: 503, title: 'Done, but not recorded yet', retryAfterSeconds: 1 },
});

import { problemTable } from '../lib/problem.ts';

export const problem = problemTable('signals', {
  /** The events engine has been away for so long that the spool is at its limit. */
  'spool-full': { status: 503, title: 'No more signals for now', retryAfterSeconds: 5 },
  /** The disk refused the write, or the control room is stopping. Nothing was stored. */
  'not-stored': { status: 503, title: 'The signals were not stored', retryAfterSeconds: 2 },
  /** The body is not what its content type says. */
  malformed: { status: 400, title: 'The signals cannot be read' },
});

import { problemTable } from '../lib/problem.ts';

export const problem = problemTable('experiments', {
  /** The file cannot be read as an experiment; the detail has line and column. */
  'invalid-file': { status: 400, title: 'The experiment file is not valid' },
  /** Valid in Chaos Toolkit, not yet in Upstack. */
  'not-supported': { status: 400, title: 'Not supported yet' },
  'unknown-metric': { status: 400, title: 'Unknown metric' },
  'no-such-function': { status: 404, title: 'No such function' },
  /** One experiment at a time on a function. */
  'target-busy': { status: 409, title: 'Another run is active on the function' },
  'no-such-run': { status: 404, title: 'No such run' },
  'already-ended': { status: 409, title: 'The run has ended' },
  stopping: { status: 503, title: 'The control room is stopping', retryAfterSeconds: 1 },
  'not-withdrawn': { status: 503, title: 'The withdrawal is not confirmed yet', retryAfterSeconds: 1 },
  /** The treatment is withdrawn, but the state engine did not take the record yet. */
  'not-recorded': { status: 503, title: 'The end is not recorded yet', retryAfterSeconds: 1 },
});

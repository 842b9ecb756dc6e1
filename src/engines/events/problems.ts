import { problemTable } from '../../lib/problem.ts';

export const problem = problemTable('events', {
  /** The engine does not answer: it is being started again, it is overloaded, or the network is down. */
  unavailable: { status: 503, title: 'The events engine is not reachable', retryAfterSeconds: 1 },
  /** The query was stopped at a limit of time or memory. */
  'too-expensive': { status: 503, title: 'The question costs too much', retryAfterSeconds: 30 },
  /** The engine read the rows and will never take them. */
  'refused-rows': { status: 422, title: 'The events engine refuses these rows' },
  /** The embedded engine cannot run on this machine. */
  'no-twin': { status: 500, title: 'No embedded events engine here' },
  'not-started': { status: 500, title: 'The embedded events engine did not start' },
  /** A migration that was applied before has another text now. */
  'migration-changed': { status: 500, title: 'A migration was changed' },
});

import { problemTable } from '../../lib/problem.ts';

export const problem = problemTable('events', {
  /** The engine is restarting or overloaded, or the network is down. */
  unavailable: { status: 503, title: 'The events engine is not reachable', retryAfterSeconds: 1 },
  /** The query exceeded a limit of time or memory. */
  'too-expensive': { status: 503, title: 'The query is too expensive', retryAfterSeconds: 30 },
  /** The engine will never accept these rows. */
  'refused-rows': { status: 422, title: 'The events engine rejects these rows' },
  /** The embedded engine cannot run on this machine. */
  'no-twin': { status: 500, title: 'The embedded events engine is not available' },
  'not-started': { status: 500, title: 'The embedded events engine did not start' },
  'migration-changed': { status: 500, title: 'An applied migration was changed' },
});

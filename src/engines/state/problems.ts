import { problemTable } from '../../lib/problem.ts';

export const problem = problemTable('state', {
  /** The database is restarting, or the network is down. */
  unavailable: { status: 503, title: 'The state engine is not reachable', retryAfterSeconds: 1 },
  /** The database answers, but does not let us in or lacks what we need. */
  refused: { status: 400, title: 'PostgreSQL denied access' },
  /** The embedded PostgreSQL cannot run on this machine. */
  'no-twin': { status: 500, title: 'The embedded PostgreSQL is not available' },
  /** `initdb` or the server ended with an error. */
  'not-started': { status: 500, title: 'PostgreSQL did not start' },
  'migration-changed': { status: 500, title: 'An applied migration was changed' },
});

import { problemTable } from '../../lib/problem.ts';

export const problem = problemTable('state', {
  /** The database does not answer: it is being started again, or the network is down. */
  unavailable: { status: 503, title: 'The state engine is not reachable', retryAfterSeconds: 1 },
  /** The database answers, but does not let us in or lacks what we need. */
  refused: { status: 400, title: 'PostgreSQL refuses the control room' },
  /** The embedded PostgreSQL cannot run on this machine. */
  'no-twin': { status: 500, title: 'No embedded PostgreSQL here' },
  /** `initdb` or the server ended with an error. */
  'not-started': { status: 500, title: 'PostgreSQL did not start' },
  /** A migration that was applied before has another text now. */
  'migration-changed': { status: 500, title: 'A migration was changed' },
});

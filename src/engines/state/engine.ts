import type { Kysely } from 'kysely';
import type { Health } from '../health.ts';

/**
 * PostgreSQL 15 or later, embedded or remote. A module's `store` names the tables it owns as the type parameter;
 * `migrations/NNN-*.sql` create them.
 */
export interface StateEngine {
  /**
   * Runs statements on the database. Throws the Problem `state.unavailable` (503, retry after 1 s) if the database is
   * unreachable. Constraint violations and other errors of PostgreSQL are thrown as `pg` errors with their `code`.
   */
  run<Tables, Result>(work: (database: Kysely<Tables>) => Promise<Result>): Promise<Result>;
  /** Runs statements in one transaction, otherwise like `run`. */
  transaction<Tables, Result>(work: (database: Kysely<Tables>) => Promise<Result>): Promise<Result>;
  health(): Promise<Health>;
  close(): Promise<void>;
}

import type { Kysely } from 'kysely';
import type { Health } from '../health.ts';

/**
 * PostgreSQL 15 or later, embedded or remote. A module's `store` names the tables it owns as the type parameter;
 * `migrations/NNN-*.sql` create them.
 */
export interface StateEngine {
  /**
   * Runs statements on the database. Throws the Problem `state.unavailable` (503, retry after 1 s) when the database
   * cannot be reached; constraint violations and the like come through as `pg` errors with their `code`.
   */
  run<Tables, Result>(work: (database: Kysely<Tables>) => Promise<Result>): Promise<Result>;
  /** The same inside one transaction: all or nothing. */
  transaction<Tables, Result>(work: (database: Kysely<Tables>) => Promise<Result>): Promise<Result>;
  health(): Promise<Health>;
  close(): Promise<void>;
}

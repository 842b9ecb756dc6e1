import { join } from 'node:path';
import type { Log } from '../../lib/log.ts';
import type { StateEngine } from './engine.ts';
import { migrate, readMigrations } from './migrate.ts';
import { openPostgres, unreachable } from './postgres.ts';
import { problem } from './problems.ts';
import { type StateTwin, startStateTwin } from './twin.ts';

export interface StateOptions {
  /** `embedded:` or a `postgres://` URL. */
  url: string;
  /** Where the embedded server keeps its data; unused with a URL. */
  directory: string;
  log: Log;
  /** Directories with the migrations of parts that keep tables of their own here, besides those of the control room. */
  migrations?: readonly string[];
}

const MIGRATIONS = join(import.meta.dirname, 'migrations');

/** Opens the state engine, starting the embedded server if asked for, with all migrations applied. */
export async function openState(options: StateOptions): Promise<StateEngine> {
  const { url, directory, log } = options;
  const twin = url === 'embedded:' ? await startStateTwin(directory, log) : undefined;
  return withMigrations(options, twin);
}

async function withMigrations(
  { url, log, migrations = [] }: StateOptions,
  twin: StateTwin | undefined,
): Promise<StateEngine> {
  const engine = openPostgres(
    twin ? { connection: twin.connection, log, restarts: twin.restarts } : { connection: url, log },
  );
  try {
    const applied = await migrate(engine.pool, await readMigrations([MIGRATIONS, ...migrations]));
    if (applied.length > 0) log.info({ engine: 'state', applied }, 'migrations applied');
  } catch (error) {
    await engine.close();
    await twin?.stop();
    throw explained(error as Error, whereOf(url));
  }
  return {
    run: engine.run,
    transaction: engine.transaction,
    health: engine.health,
    async close() {
      await engine.close();
      await twin?.stop();
    },
  };
}

/** PostgreSQL appendix A: wrong login, no such database, no privilege. */
const REFUSALS = new Set(['28000', '28P01', '3D000', '42501']);

/** What kept the database from opening, as a Problem that says what to check; other errors as they are. */
function explained(error: Error, where: string): Error {
  if (unreachable(error)) {
    return problem('unavailable', `${where} does not answer (${error.message}): check --state`, error);
  }
  // The client itself refuses to log in without a password, with an error that has no code.
  const refused = REFUSALS.has((error as { code?: string }).code ?? '') || error.message.startsWith('SASL:');
  if (!refused) return error;
  const check = 'check the role, its password, and that it owns the database';
  return problem('refused', `${where} refuses (${error.message}): ${check}`, error);
}

/** The URL without its password. */
function whereOf(url: string): string {
  if (!URL.canParse(url) || url === 'embedded:') return 'PostgreSQL';
  const { hostname, port, pathname } = new URL(url);
  return `PostgreSQL at ${hostname}:${port || '5432'}${pathname}`;
}

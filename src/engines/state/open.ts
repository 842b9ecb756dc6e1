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
  /** Data directory of the embedded server; unused with a URL. */
  directory: string;
  log: Log;
  /** Directories with migrations of other parts that have tables here, in addition to those of the control room. */
  migrations?: readonly string[];
}

const MIGRATIONS = join(import.meta.dirname, 'migrations');

/** Opens the state engine and applies all migrations. Starts the embedded server for `embedded:`. */
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

/** Converts an error of opening the database to a Problem that says what to check. Other errors are returned unchanged. */
function explained(error: Error, where: string): Error {
  if (unreachable(error)) {
    return problem('unavailable', `${where} is not responding (${error.message}): check --state`, error);
  }
  // Without a password the client itself fails, with an error that has no code.
  const refused = REFUSALS.has((error as { code?: string }).code ?? '') || error.message.startsWith('SASL:');
  if (!refused) return error;
  const check = 'check the role, its password, and that it owns the database';
  return problem('refused', `${where} denied access (${error.message}): ${check}`, error);
}

/** The host, port and database of the URL, without credentials. */
function whereOf(url: string): string {
  if (!URL.canParse(url) || url === 'embedded:') return 'PostgreSQL';
  const { hostname, port, pathname } = new URL(url);
  return `PostgreSQL at ${hostname}:${port || '5432'}${pathname}`;
}

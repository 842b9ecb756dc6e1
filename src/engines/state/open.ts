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
}

/** Opens the state engine, starting the embedded server if asked for, with all migrations applied. */
export async function openState({ url, directory, log }: StateOptions): Promise<StateEngine> {
  const twin = url === 'embedded:' ? await startStateTwin(directory, log) : undefined;
  return withMigrations(url, twin, log);
}

async function withMigrations(url: string, twin: StateTwin | undefined, log: Log): Promise<StateEngine> {
  const engine = openPostgres(
    twin ? { connection: twin.connection, log, restarts: twin.restarts } : { connection: url, log },
  );
  try {
    const applied = await migrate(engine.pool, await readMigrations(join(import.meta.dirname, 'migrations')));
    if (applied.length > 0) log.info({ engine: 'state', applied }, 'migrations applied');
  } catch (error) {
    await engine.close();
    await twin?.stop();
    if (!unreachable(error)) throw error;
    throw problem(
      'unavailable',
      `${whereOf(url)} does not answer (${(error as Error).message}): check --state`,
      error,
    );
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

/** The URL without its password. */
function whereOf(url: string): string {
  if (!URL.canParse(url) || url === 'embedded:') return 'PostgreSQL';
  const { hostname, port, pathname } = new URL(url);
  return `PostgreSQL at ${hostname}:${port || '5432'}${pathname}`;
}

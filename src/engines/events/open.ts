import { join } from 'node:path';
import type { Log } from '../../lib/log.ts';
import { type ClickHouseEngine, openClickHouse } from './clickhouse.ts';
import type { EventsEngine } from './engine.ts';
import { migrate, readMigrations } from './migrate.ts';
import { startEventsTwin } from './twin.ts';

export interface EventsOptions {
  /** `embedded:` or the URL of a ClickHouse HTTP interface, `https://user:password@host:8443`. */
  url: string;
  /** Data directory of the embedded engine; unused with a URL. */
  directory: string;
  log: Log;
  /**
   * Called with the engine of an earlier release's tables before they are migrated: what that release had begun to
   * insert can be inserted again under the same tokens, which migrated tables may have forgotten.
   */
  beforeUpgrade?(engine: EventsEngine): Promise<void>;
}

/** Opens the events engine and applies all migrations. Starts the embedded engine for `embedded:`. */
export async function openEvents({
  url,
  directory,
  log,
  beforeUpgrade,
}: EventsOptions): Promise<EventsEngine> {
  const twin = url === 'embedded:' ? await startEventsTwin(directory, log) : undefined;
  const engine: ClickHouseEngine = twin
    ? openClickHouse(twin)
    : openClickHouse({ endpoint: () => ({ url }) });
  const close = async () => {
    await engine.close();
    await twin?.stop();
  };
  try {
    const migrations = await readMigrations(join(import.meta.dirname, 'migrations'));
    const applied = await migrate(engine, migrations, () => beforeUpgrade?.(engine) ?? Promise.resolve());
    if (applied.length > 0) log.info({ engine: 'events', applied }, 'migrations applied');
  } catch (error) {
    await close();
    throw error;
  }
  return { insert: engine.insert, query: engine.query, health: engine.health, close };
}

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClickHouseEngine } from './clickhouse.ts';
import { problem } from './problems.ts';

export interface Migration {
  name: string;
  text: string;
}

const JOURNAL = [
  'CREATE DATABASE IF NOT EXISTS upstack ENGINE = Atomic',
  `CREATE TABLE IF NOT EXISTS upstack.migrations (name String, checksum String, applied_at DateTime DEFAULT now())
   ENGINE = ReplacingMergeTree ORDER BY name SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`,
];

/** The `NNN-*.sql` files of a directory, in order. */
export async function readMigrations(directory: string): Promise<Migration[]> {
  const names = (await readdir(directory)).filter((name) => /^\d{3}-.+\.sql$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => ({ name, text: await readFile(join(directory, name), 'utf8') })),
  );
}

/**
 * Applies pending migrations and returns their names. The engine has no transactions, so every statement must be
 * repeatable (`IF NOT EXISTS`): an interrupted migration is applied again. Throws `events.migration-changed` if an
 * applied migration no longer matches its checksum.
 * `beforeUpgrade` is called before anything is applied to a database with data of an earlier release.
 */
export async function migrate(
  engine: ClickHouseEngine,
  migrations: readonly Migration[],
  beforeUpgrade: () => Promise<void> = async () => {},
): Promise<string[]> {
  for (const statement of JOURNAL) await engine.command(statement);
  const rows = await engine.query<{ name: string; checksum: string }>(
    'SELECT name, checksum FROM upstack.migrations FINAL',
  );
  const known = new Map(rows.map(({ name, checksum }) => [name, checksum]));
  const pending = migrations.some(({ name }) => !known.has(name));
  if (pending && known.size > 0) await beforeUpgrade();
  const applied: string[] = [];
  for (const { name, text } of migrations) {
    const checksum = createHash('sha256').update(text).digest('hex');
    const before = known.get(name);
    if (before === checksum) continue;
    if (before !== undefined) {
      throw problem(
        'migration-changed',
        `${name} was changed after it was applied: restore it and add a new file`,
      );
    }
    for (const statement of statementsOf(text)) await engine.command(statement);
    const columns = ['name', 'checksum'];
    await engine.insert({
      table: 'upstack.migrations',
      columns,
      rows: [[name, checksum]],
      token: name + checksum,
    });
    applied.push(name);
  }
  return applied;
}

/** Splits at semicolons at the end of a line. */
function statementsOf(text: string): string[] {
  return text
    .split(/;[ \t]*(?:\n|$)/)
    .map((statement) => statement.replaceAll(/^\s*--.*$/gm, '').trim())
    .filter((statement) => statement !== '');
}

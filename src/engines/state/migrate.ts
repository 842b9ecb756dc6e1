import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { problem } from './problems.ts';

export interface Migration {
  name: string;
  text: string;
}

/** The advisory lock that lets only one control room migrate at a time; any number, the same in all. */
const LOCK = 7_083_521;

/** The `NNN-*.sql` files of all directories, in one order. Throws if two have the same number. */
export async function readMigrations(directories: readonly string[]): Promise<Migration[]> {
  const migrations = (await Promise.all(directories.map(readDirectory))).flat();
  migrations.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const [i, { name }] of migrations.entries()) {
    const next = migrations[i + 1]?.name;
    if (next !== undefined && name.slice(0, 3) === next.slice(0, 3)) {
      throw new Error(`${name} and ${next} have the same number: give the newer one the next free number`);
    }
  }
  return migrations;
}

async function readDirectory(directory: string): Promise<Migration[]> {
  const names = (await readdir(directory)).filter((name) => /^\d{3}-.+\.sql$/.test(name));
  return Promise.all(
    names.map(async (name) => ({ name, text: await readFile(join(directory, name), 'utf8') })),
  );
}

/**
 * Applies pending migrations, one transaction each, and returns their names. Throws `state.migration-changed` if an
 * applied migration no longer matches its checksum.
 */
export async function migrate(pool: pg.Pool, migrations: readonly Migration[]): Promise<string[]> {
  const client = await pool.connect();
  const applied: string[] = [];
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    await client.query(
      `create table if not exists migrations
         (name text primary key, checksum text not null, applied_at timestamptz not null default now())`,
    );
    const { rows } = await client.query<{ name: string; checksum: string }>(
      'select name, checksum from migrations',
    );
    const known = new Map(rows.map(({ name, checksum }) => [name, checksum]));
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
      await apply(client, name, text, checksum);
      applied.push(name);
    }
  } finally {
    await client.query('select pg_advisory_unlock($1)', [LOCK]).catch(() => undefined);
    client.release();
  }
  return applied;
}

async function apply(client: pg.PoolClient, name: string, text: string, checksum: string): Promise<void> {
  await client.query('begin');
  try {
    await client.query(text);
    await client.query('insert into migrations (name, checksum) values ($1, $2)', [name, checksum]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw new Error(`migration ${name} failed: ${(error as Error).message}`, { cause: error });
  }
}

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Environment } from '../../sdk/src/core/environment.ts';
import { openEvents } from '../engines/events/open.ts';
import { silentLog } from '../lib/log.ts';
import { exposures } from './exposures/table.ts';
import { invocationRow } from './invocations/row.ts';
import { invocations } from './invocations/table.ts';
import { source } from './source.ts';
import { batchOf, positional, TABLES } from './tables.ts';

const STAGING = 'staging' as Environment;

test('a question about one environment reads only its part of the sorting key', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'upstack-source-'));
  const events = await openEvents({ url: 'embedded:', directory, log: silentLog });
  t.after(async () => {
    await events.close();
    await rm(directory, { recursive: true });
  });
  const report = {
    functionName: 'cart',
    version: '1',
    requestId: 'r',
    instance: 'i',
    startMs: Date.now(),
    durationMs: 1,
    billedMs: 1,
    costUsd: 0,
    memoryMb: 128,
    maxMemoryMb: 1,
    coldStart: false,
    initMs: undefined,
    initType: 'on-demand',
    status: 'success',
    httpStatus: undefined,
    errorType: '',
    tags: {},
    variables: {},
  } as const;
  // More than two granules of the index of each.
  for (const environment of ['production', STAGING] as Environment[]) {
    const rows = Array.from({ length: 20_000 }, () => invocationRow(report, environment));
    await events.insert(batchOf(positional('invocations', rows), environment));
  }
  const plan = async (sql: string) =>
    (await events.query<{ explain: string }>(`EXPLAIN indexes = 1 ${sql}`)).map(({ explain }) =>
      explain.trim(),
    );
  const lines = await plan(
    `SELECT sum(duration_ms) FROM ${source(invocations, STAGING)} WHERE function = 'cart' AND ts > now() - 60`,
  );
  const text = lines.join('\n');
  assert.match(text, /PrimaryKey\nKeys:\nenvironment\nfunction\nts\nCondition: .*environment in \['staging'/);
  assert.match(text, /Min-Max\nKeys:\nts/);
  const [, read = '', all = ''] = /PrimaryKey[\s\S]*?Granules: (\d+)\/(\d+)/.exec(text) ?? [];
  assert.ok(Number(read) > 0 && Number(read) < Number(all), text);
  for (const table of [...Object.values(TABLES), exposures]) {
    const [row] = await events.query<{ n: number }>(
      `SELECT toUInt32(count()) AS n FROM ${source(table, 'nobody' as Environment)}`,
    );
    assert.equal(row?.n, 0, table.name);
  }
});

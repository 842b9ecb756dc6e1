import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { EventsEngine } from '../../engines/events/engine.ts';
import { openEvents } from '../../engines/events/open.ts';
import { silentLog } from '../../lib/log.ts';
import { batchOf, positional } from '../tables.ts';
import { totalsPerFunction, totalsPerVersion } from './queries.ts';
import { invocationRow } from './row.ts';
import type { InvocationRow } from './table.ts';

let directory: string;
let events: EventsEngine;
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'upstack-functions-'));
  events = await openEvents({ url: 'embedded:', directory, log: silentLog });
});
after(async () => {
  await events.close();
  await rm(directory, { recursive: true });
});

function row(version: string, costUsd: number, coldStart: boolean) {
  const report = { functionName: 'cart', version, requestId: 'r', instance: 'i', startMs: Date.now() };
  const times = { durationMs: 10, billedMs: 10, memoryMb: 128, maxMemoryMb: 50, initMs: undefined };
  const end = { status: 'success', httpStatus: undefined, errorType: '', initType: 'on-demand' } as const;
  return invocationRow({ ...report, ...times, ...end, costUsd, coldStart });
}

function insert(rows: InvocationRow[], token: string): Promise<void> {
  return events.insert(batchOf(positional('invocations', rows), token));
}

test('cost and cold starts of a function are the sums of its versions', async () => {
  await insert([row('1', 0.001, true), row('1', 0.002, false), row('2', 0.004, true)], 'new');
  const versions = await totalsPerVersion(events, 'cart', 60);
  assert.deepEqual(versions.get('1'), { version: '1', invocations: 2, coldStarts: 1, costUsd: 0.003 });
  assert.deepEqual(versions.get('2'), { version: '2', invocations: 1, coldStarts: 1, costUsd: 0.004 });
  const total = (await totalsPerFunction(events, 60)).get('cart');
  assert.equal(total?.coldStarts, 2);
  assert.ok(Math.abs((total?.costUsd ?? 0) - 0.007) < 1e-12);
});

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { DEFAULT_ENVIRONMENT, type Environment } from '../../../sdk/src/core/environment.ts';
import type { EventsEngine } from '../../engines/events/engine.ts';
import { openEvents } from '../../engines/events/open.ts';
import { silentLog } from '../../lib/log.ts';
import { batchOf, positional } from '../tables.ts';
import {
  lastMinute,
  perMinute,
  recentErrors,
  series,
  totalsPerFunction,
  totalsPerVersion,
} from './queries.ts';
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

function row(version: string, costUsd: number, coldStart: boolean, environment = DEFAULT_ENVIRONMENT) {
  const report = {
    tags: {},
    variables: {},
    functionName: 'cart',
    version,
    requestId: 'r',
    instance: 'i',
    startMs: Date.now(),
  };
  const times = { durationMs: 10, billedMs: 10, memoryMb: 128, maxMemoryMb: 50, initMs: undefined };
  const end = { status: 'success', httpStatus: undefined, errorType: '', initType: 'on-demand' } as const;
  return invocationRow({ ...report, ...times, ...end, costUsd, coldStart }, environment);
}

function insert(rows: InvocationRow[], token: string): Promise<void> {
  return events.insert(batchOf(positional('invocations', rows), token));
}

test('cost and cold starts of a function are the sums of its versions', async () => {
  await insert([row('1', 0.001, true), row('1', 0.002, false), row('2', 0.004, true)], 'new');
  const versions = await totalsPerVersion(events, DEFAULT_ENVIRONMENT, 'cart', 60);
  assert.deepEqual(versions.get('1'), { version: '1', invocations: 2, coldStarts: 1, costUsd: 0.003 });
  assert.deepEqual(versions.get('2'), { version: '2', invocations: 1, coldStarts: 1, costUsd: 0.004 });
  const total = (await totalsPerFunction(events, DEFAULT_ENVIRONMENT, 60)).get('cart');
  assert.equal(total?.coldStarts, 2);
  assert.ok(Math.abs((total?.costUsd ?? 0) - 0.007) < 1e-12);
});

test('two environments with the same function and versions never meet', async () => {
  const [blue, green] = ['blue', 'green'] as Environment[] as [Environment, Environment];
  const failed = { ...row('7', 0.5, true, green), status: 'error', error_type: 'Green', duration_ms: 9_000 };
  await insert([row('7', 0.25, false, blue), row('8', 0.25, false, blue), failed, failed, failed], 'two');
  const figures = async (environment: Environment) => {
    const total = (await totalsPerFunction(events, environment, 60)).get('cart');
    const steps = await series(events, environment, { minutes: 5, stepSeconds: 60 });
    const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
    return {
      total: [total?.invocations, total?.errors, total?.coldStarts, total?.p99Ms, total?.costUsd],
      versions: [...(await totalsPerVersion(events, environment, 'cart', 60)).keys()].sort(),
      errorRate: (await lastMinute(events, environment)).errorRate,
      perMinute: sum((await perMinute(events, environment, 15)).get('cart') ?? []),
      series: [sum(steps.map((step) => step.invocations)), sum(steps.map((step) => step.errors))],
      errors: (await recentErrors(events, environment, 'cart', 10)).map(({ errorType }) => errorType),
    };
  };
  assert.deepEqual(await figures(blue), {
    total: [2, 0, 0, 10, 0.5],
    versions: ['7', '8'],
    errorRate: 0,
    perMinute: 2,
    series: [2, 0],
    errors: [],
  });
  assert.deepEqual(await figures(green), {
    total: [3, 3, 3, 9_000, 1.5],
    versions: ['7'],
    errorRate: 1,
    perMinute: 3,
    series: [3, 3],
    errors: ['Green', 'Green', 'Green'],
  });
  assert.deepEqual(await figures('red' as Environment), {
    total: [undefined, undefined, undefined, undefined, undefined],
    versions: [],
    errorRate: null,
    perMinute: 0,
    series: [0, 0],
    errors: [],
  });
});

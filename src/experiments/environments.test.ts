/** What a run and a plan ask of one environment, with another that has the same function, run and units. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { DEFAULT_ENVIRONMENT, type Environment } from '../../sdk/src/core/environment.ts';
import type { EventsEngine } from '../engines/events/engine.ts';
import { openEvents } from '../engines/events/open.ts';
import { silentLog } from '../lib/log.ts';
import type { Conversion } from '../metrics/kinds/conversion.ts';
import type { ErrorRate } from '../metrics/kinds/error-rate.ts';
import { newestInvocation, readInjections } from './queries.ts';
import { countInvocations, countUnits, readRecent } from './readiness/plan-queries.ts';

const STAGING = 'staging' as Environment;
const CONVERSION: Conversion = { kind: 'conversion', event: 'Bought', withinMs: 1_000 };
const ERRORS: ErrorRate = { kind: 'error-rate' };
const NOW = Math.floor(Date.now() / 1000) * 1000;

let directory: string;
let events: EventsEngine;
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'upstack-run-environments-'));
  events = await openEvents({ url: 'embedded:', directory, log: silentLog });
  const seconds = (ago: number) => (NOW / 1000 - ago).toFixed(3);
  const span = (environment: string, unit: string, ago: number, failed = false) => [
    environment,
    seconds(ago),
    'cart',
    'Server',
    unit,
    'run',
    failed ? 'latency' : '',
    failed,
    '1000000',
  ];
  await events.insert({
    table: 'upstack.otel_traces',
    columns: [
      'Environment',
      'Timestamp',
      'FaasName',
      'SpanKind',
      'Unit',
      'Run',
      'Injected',
      'IsError',
      'Duration',
    ],
    rows: [
      span('production', 'a', 50),
      span('staging', 'a', 20, true),
      span('staging', 'b', 10, true),
      span('staging', 'b', 5),
    ],
    token: 'spans',
  });
  const day = new Date(NOW).toISOString().slice(0, 10);
  await events.insert({
    table: 'upstack.product_events',
    columns: ['environment', 'event', 'day', 'ts', 'received', 'unit', 'message_id', 'type'],
    rows: ['a', 'b', 'c'].map((unit) => [
      'staging',
      'Bought',
      day,
      seconds(4),
      seconds(4),
      unit,
      unit,
      'track',
    ]),
    token: 'events',
  });
});
after(async () => {
  await events.close();
  await rm(directory, { recursive: true });
});

async function answers(environment: Environment) {
  const run = { runId: 'run', startedAt: new Date(NOW - 60_000) };
  const newest = await newestInvocation(events, environment, 'cart', NOW);
  return {
    newest: newest === undefined ? undefined : (NOW - newest) / 1000,
    injections: (await readInjections(events, environment, run)).count,
    invocations: await countInvocations(events, environment, 'cart', 300),
    units: await countUnits(events, environment, 'cart'),
    converted: (await readRecent(events, environment, CONVERSION, 'cart')).units,
    failed: (await readRecent(events, environment, ERRORS, 'cart')).units,
  };
}

test('a run and a plan see nothing of another environment', async () => {
  assert.deepEqual(await answers(DEFAULT_ENVIRONMENT), {
    newest: 49.999,
    injections: 0,
    invocations: 1,
    units: 1,
    converted: 0,
    failed: 0,
  });
  assert.deepEqual(await answers(STAGING), {
    newest: 4.999,
    injections: 2,
    invocations: 3,
    units: 2,
    converted: 2,
    failed: 2,
  });
  assert.deepEqual(await answers('nowhere' as Environment), {
    newest: undefined,
    injections: 0,
    invocations: 0,
    units: 0,
    converted: 0,
    failed: 0,
  });
});

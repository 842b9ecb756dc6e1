import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { DEFAULT_ENVIRONMENT, type Environment } from '../../sdk/src/core/environment.ts';
import type { EventsEngine } from '../engines/events/engine.ts';
import { openEvents } from '../engines/events/open.ts';
import { silentLog } from '../lib/log.ts';
import type { RunTotals, StageArms } from './arms.ts';
import type { Scope } from './compile.ts';
import type { Conversion } from './kinds/conversion.ts';
import type { ErrorRate } from './kinds/error-rate.ts';
import { judgedAfterMs, METRIC_KINDS, metricKind } from './kinds.ts';
import type { Metric } from './metric.ts';
import { readRunTotals } from './queries.ts';

// Recent: the tables drop what is old.
const START = Math.floor(Date.now() / 1000) * 1000 - 600_000;
const RUN = 'run_metrics';
const ORDER: Conversion = { kind: 'conversion', event: "Order's \\ Completed", withinMs: 20_000 };
const ERRORS: ErrorRate = { kind: 'error-rate' };

let directory: string;
let events: EventsEngine;

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'metrics-'));
  events = await openEvents({ url: 'embedded:', directory, log: silentLog });
});
after(async () => {
  await events.close();
  await rm(directory, { recursive: true, force: true });
});

interface SpanInput {
  unit: string;
  /** Seconds after the run's start. */
  at: number;
  arm?: 'control' | 'treatment';
  stage?: number;
  run?: string;
  error?: boolean;
  kind?: string;
  seconds?: number;
  faas?: string;
  environment?: Environment;
}

let batches = 0;

async function spans(rows: SpanInput[]): Promise<void> {
  await events.insert({
    table: 'upstack.otel_traces',
    columns: [
      'Timestamp',
      'Unit',
      'Run',
      'Arm',
      'Stage',
      'Exposed',
      'IsError',
      'SpanKind',
      'Duration',
      'FaasName',
      'Environment',
    ],
    rows: rows.map((row) => [
      (START / 1000 + row.at).toFixed(3),
      row.unit,
      row.arm ? (row.run ?? RUN) : '',
      row.arm ?? '',
      row.stage ?? 0,
      row.arm !== undefined,
      row.error ?? false,
      row.kind ?? 'Server',
      String((row.seconds ?? 0.05) * 1e9),
      row.faas ?? 'shop-checkout',
      row.environment ?? DEFAULT_ENVIRONMENT,
    ]),
    token: `spans-${batches++}`,
  });
}

async function orders(
  rows: { unit: string; at: number; id?: string; event?: string }[],
  environment = DEFAULT_ENVIRONMENT,
): Promise<void> {
  await events.insert({
    table: 'upstack.product_events',
    columns: ['event', 'day', 'ts', 'received', 'unit', 'message_id', 'type', 'environment'],
    rows: rows.map(({ unit, at, id, event }) => {
      const ts = (START / 1000 + at).toFixed(3);
      return [
        event ?? ORDER.event,
        new Date(Number(ts) * 1000).toISOString().slice(0, 10),
        ts,
        ts,
        unit,
        id ?? `${unit}-${at}`,
        'track',
        environment,
      ];
    }),
    token: `orders-${batches++}`,
  });
}

const scopeAt = (seconds: number, run = RUN, environment = DEFAULT_ENVIRONMENT) => ({
  environment,
  run,
  startedAtMs: START,
  atMs: START + seconds * 1000,
  delayMs: 0,
});

const totals = (metrics: Metric[], scope: Scope, stages = 1) => readRunTotals(events, metrics, stages, scope);
/** What the kinds that count make of their totals: units, and those of them with the event. */
const counted = ({ control, treatment }: StageArms) => ({
  control: { units: control[0] ?? 0, events: control[1] ?? 0 },
  treatment: { units: treatment[0] ?? 0, events: treatment[1] ?? 0 },
});
const counts = async (metrics: Metric[], scope: Scope, stages = 1) => {
  const read = await totals(metrics, scope, stages);
  return { ...read, metrics: read.metrics.map((each) => each.map(counted)) };
};
const units = (stages: RunTotals['exposures']) =>
  stages.map(({ control, treatment }) => [control, treatment]);

test('a kind is found by its key, and describes and directs its metrics', () => {
  const tell = (metric: Metric) => {
    const kind = metricKind(metric);
    return [kind.label(metric), kind.direction(metric), judgedAfterMs(metric), kind.describe(metric)];
  };
  assert.deepEqual(
    METRIC_KINDS.map(({ key }) => key),
    ['conversion', 'error-rate'],
  );
  assert.throws(() => metricKind({ kind: 'conversions' }), /^Error: there is no metric kind "conversions"$/);
  assert.deepEqual(tell(ORDER), [
    'conversion',
    'up',
    22_000,
    `units with "Order's \\ Completed" within 20s of their first exposure`,
  ]);
  assert.deepEqual(tell(ERRORS), [
    'error-rate',
    'down',
    undefined,
    'units with a failed invocation after their first exposure',
  ]);
  const pay: ErrorRate = { kind: 'error-rate', function: 'pay' };
  assert.deepEqual(tell(pay), [
    'error-rate pay',
    'down',
    undefined,
    'units with a failed invocation of pay after their first exposure',
  ]);
});

test('counts are of units, judged when their window is over, without units that crossed arms', async () => {
  await spans([
    { unit: 'a', at: 1, arm: 'treatment' },
    { unit: 'a', at: 5, arm: 'treatment' },
    { unit: 'b', at: 1, arm: 'control' },
    { unit: 'c', at: 2, arm: 'control' },
    { unit: 'd', at: 2, arm: 'treatment' },
    { unit: 'late', at: 30, arm: 'treatment' },
    { unit: 'crossed', at: 1, arm: 'treatment' },
    { unit: 'crossed', at: 2, arm: 'control' },
    { unit: 'elsewhere', at: 1, arm: 'control', run: 'run_other' },
  ]);
  await orders([
    { unit: 'a', at: 20.9 },
    { unit: 'a', at: 20.9, id: 'again' },
    { unit: 'b', at: 21.1 },
    { unit: 'c', at: 1.5 },
    { unit: 'd', at: 3, event: 'Other' },
    { unit: 'crossed', at: 3 },
    { unit: 'late', at: 31 },
    { unit: 'elsewhere', at: 3 },
  ]);
  const at = async (seconds: number) => (await counts([ORDER], scopeAt(seconds))).metrics[0]?.[0];
  // a: in time; b: too late; c: before its exposure; d: another event; late: not judged yet.
  assert.deepEqual(await at(40), { control: { units: 2, events: 0 }, treatment: { units: 2, events: 1 } });
  assert.deepEqual(await at(52), { control: { units: 2, events: 0 }, treatment: { units: 3, events: 2 } });
  assert.deepEqual(await at(22), { control: { units: 0, events: 0 }, treatment: { units: 0, events: 0 } });
  const { exposures, crossed } = await counts([ORDER], scopeAt(40));
  assert.deepEqual([exposures[0]?.control, exposures[0]?.treatment, crossed], [2, 3, 1]);
  assert.deepEqual(units((await counts([], scopeAt(10))).exposures), [[2, 2]], 'late is not exposed yet');
  assert.deepEqual(units((await counts([], scopeAt(40, 'run_other'))).exposures), [[1, 0]]);
  assert.equal((await counts([], scopeAt(40, 'run_other'))).crossed, 0);
  assert.deepEqual(
    units((await counts([], { ...scopeAt(4), delayMs: 1_500 })).exposures),
    [[0, 0]],
    'both arms wait for a delayed one',
  );
});

test('a unit counts once as failed: by an invocation that ended after its exposure, at once, anywhere or in one function', async () => {
  const run = 'run_errors';
  await spans([
    { unit: 'e1', at: 10, arm: 'treatment', run, error: true },
    { unit: 'e1', at: 11, arm: 'treatment', run, error: true },
    // The caller began before the function that exposed the unit, and failed after it.
    { unit: 'e2', at: 10, arm: 'treatment', run, faas: 'shop-payments' },
    { unit: 'e2', at: 9.9, error: true, seconds: 0.5, faas: 'shop-checkout' },
    // Failed before its exposure.
    { unit: 'e3', at: 5, error: true },
    { unit: 'e3', at: 10, arm: 'control', run },
    // A failed call is not a failed invocation.
    { unit: 'e4', at: 10, arm: 'control', run },
    { unit: 'e4', at: 10.1, error: true, kind: 'Client' },
  ]);
  const named = (name: string): ErrorRate => ({ kind: 'error-rate', function: name });
  const { metrics } = await counts(
    [ERRORS, named('shop-checkout'), named('shop-payments')],
    scopeAt(10, run),
  );
  assert.deepEqual(metrics[0], [{ control: { units: 2, events: 0 }, treatment: { units: 2, events: 2 } }]);
  assert.deepEqual(metrics[1]?.[0]?.treatment, { units: 2, events: 2 });
  assert.deepEqual(metrics[2]?.[0]?.treatment, { units: 2, events: 0 });
});

test('an event in the millisecond of the exposure comes after it, however late in that millisecond the span began', async () => {
  const run = 'run_same_millisecond';
  // Digits below the millisecond, on both sides of its half: rounding to the nearest would lose the second.
  const starts = { m1: '10.0004', m2: '10.0009', m3: '10.000999999' };
  const columns = ['Timestamp', 'Unit', 'Run', 'Arm', 'Exposed', 'SpanKind', 'Duration'];
  await events.insert({
    table: 'upstack.otel_traces',
    columns,
    rows: [...Object.entries(starts), ['m4', '10.001000001']].map(([unit, at]) => [
      `${START / 1000 + 10}.${(at as string).split('.')[1]}`,
      unit,
      run,
      'control',
      true,
      'Server',
      '1000000',
    ]),
    token: `spans-${batches++}`,
  });
  await orders(Object.keys(starts).map((unit) => ({ unit, at: 10 })));
  // One millisecond before the exposure, and the first one after the window.
  await orders([
    { unit: 'm4', at: 10 },
    { unit: 'm4', at: 30.002 },
  ]);
  const at = async () => (await counts([ORDER], scopeAt(60, run))).metrics[0]?.[0]?.control;
  assert.deepEqual(await at(), { units: 4, events: 3 });
  await orders([{ unit: 'm4', at: 30.001 }]);
  assert.deepEqual(await at(), { units: 4, events: 4 }, 'the last millisecond of the window');
});

test('a run of another environment with the same id and units is another run', async () => {
  const run = 'run_environments';
  const staging = 'staging' as Environment;
  await spans([
    { unit: 'n1', at: 1, arm: 'control', run },
    { unit: 'n2', at: 1, arm: 'treatment', run },
    { unit: 'n1', at: 1, arm: 'treatment', run, environment: staging },
    { unit: 'n2', at: 1, arm: 'treatment', run, environment: staging, error: true },
    { unit: 'n3', at: 1, arm: 'control', run, environment: staging, error: true },
  ]);
  await orders([{ unit: 'n1', at: 2 }]);
  await orders(
    [
      { unit: 'n2', at: 2 },
      { unit: 'n3', at: 2 },
    ],
    staging,
  );
  const of = async (environment: Environment) => {
    const { metrics, crossed } = await counts([ORDER, ERRORS], scopeAt(60, run, environment));
    return { metrics, crossed };
  };
  const stage = (control: [number, number], treatment: [number, number]) => {
    const named = ([units, events]: [number, number]) => ({ units, events });
    return [{ control: named(control), treatment: named(treatment) }];
  };
  assert.deepEqual(await of(DEFAULT_ENVIRONMENT), {
    metrics: [stage([1, 1], [1, 0]), stage([1, 0], [1, 0])],
    crossed: 0,
  });
  assert.deepEqual(await of(staging), {
    metrics: [stage([1, 1], [2, 1]), stage([1, 1], [2, 1])],
    crossed: 0,
  });
});

test('stages are kept apart', async () => {
  const run = 'run_stages';
  await spans([
    { unit: 's1', at: 1, arm: 'treatment', run, stage: 0 },
    { unit: 's2', at: 2, arm: 'treatment', run, stage: 1 },
    { unit: 's3', at: 2, arm: 'control', run, stage: 1 },
    // Met again in a later stage: it belongs to its first.
    { unit: 's1', at: 3, arm: 'treatment', run, stage: 1 },
  ]);
  assert.deepEqual(units((await counts([], scopeAt(60, run), 2)).exposures), [
    [0, 1],
    [1, 1],
  ]);
});

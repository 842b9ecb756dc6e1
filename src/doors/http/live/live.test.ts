import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../../../test/until.ts';
import { Live } from './live.ts';
import type { LiveMessages } from './messages.ts';

const RUN: LiveMessages['run'] = {
  run: {
    runId: 'run_1',
    experiment: 'slow',
    title: 'Slow',
    hypothesis: 'people still order',
    status: 'running',
    verdict: null,
    decision: null,
    reason: null,
    function: 'shop',
    treatment: { kind: 'fault', text: '100 ms latency in shop', detail: { kind: 'latency', ms: 100 } },
    unit: 'person',
    share: 0.1,
    startedAt: '2026-11-01T00:00:00Z',
    endedAt: null,
    maxDurationMs: 60_000,
    startedBy: 'ada',
  },
};
const OVERVIEW: LiveMessages['overview'] = {
  demo: false,
  engines: [],
  ingestion: { waiting: 0, lagMs: 0, acceptedPerSecond: 0 },
  functions: { count: 0, invocationsPerSecond: 0, errorRate: null, p95Ms: null },
  series: { at: [], invocations: [], errors: [], p95Ms: [] },
  running: [],
  recent: [],
  people: { today: 0, week: 0 },
  openFindings: 0,
};

/** A worker that tells of runs, and everything that a reader of the stream is sent. */
function open(overview: () => Promise<LiveMessages['overview']>) {
  const told = new Set<(message: LiveMessages['run']) => void>();
  const runs = {
    subscribe(listener: (message: LiveMessages['run']) => void) {
      told.add(listener);
      return () => told.delete(listener);
    },
  };
  const live = new Live({ runs, overview });
  const sent: [string, unknown][] = [];
  live.subscribe((name, message) => sent.push([name, message]));
  const tell = (message: LiveMessages['run']) => {
    for (const listener of told) listener(message);
  };
  return { live, sent, tell };
}

test('a reader is sent messages as their schemas say, and nothing beyond', async () => {
  const { live, sent, tell } = open(async () => ({ ...OVERVIEW, secret: 1 }));
  tell({ ...RUN, salt: 'kept' } as LiveMessages['run']);
  await until('the overview', async () => sent.length > 1);
  live.close();
  assert.deepEqual(sent, [
    ['run', RUN],
    ['overview', OVERVIEW],
  ]);
});

test('a message that is not what its schema says is not sent, and an overview that fails is asked again', async () => {
  let asked = 0;
  const { live, sent, tell } = open(async () => {
    asked++;
    if (asked === 1) throw new Error('away');
    return asked === 2 ? ({ demo: 'yes' } as never) : OVERVIEW;
  });
  assert.throws(() => tell({ run: { runId: 7 } } as never));
  await until('the third overview', async () => sent.length > 0);
  live.close();
  assert.deepEqual([sent, asked], [[['overview', OVERVIEW]], 3]);
});

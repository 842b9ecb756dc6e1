import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LookView, MetricLook } from '../../../../src/experiments/schema.ts';
import { confidenceColumns } from './confidence-columns.ts';
import { EFFECT_SCALES } from './effect-scale.ts';

function look(elapsedMs: number, numbers: Pick<MetricLook, 'point' | 'low' | 'high'>): LookView {
  const metric: MetricLook = {
    metric: 'checkout',
    role: 'goal',
    direction: 'up',
    scale: 'ratio',
    margin: 0.8,
    control: { units: 100, events: 10, value: '10%', text: '10 of 100 units' },
    treatment: { units: 100, events: 9, value: '9%', text: '9 of 100 units' },
    logESupported: 0,
    logERefuted: 0,
    logEHarm: 0,
    alpha: 0.05,
    method: 'counts',
    question: { calculation: 'verdict', input: {} },
    state: 'open',
    reached: null,
    ...numbers,
  };
  return {
    at: new Date(elapsedMs).toISOString(),
    elapsedMs,
    metrics: [metric],
    sampleRatio: { control: 100, treatment: 100, share: 0.5, logE: 0, mismatch: false, stages: [] },
  };
}

test('open ends are clamped to the axis, and missing estimates are gaps', () => {
  const columns = confidenceColumns(
    [
      look(1000, { point: null, low: null, high: null }),
      look(2000, { point: 0.9, low: 0.82, high: 1.02 }),
      look(3000, { point: 0.95, low: 0.85, high: 1.04 }),
    ],
    'checkout',
    0.8,
    EFFECT_SCALES.ratio,
  );
  assert.deepEqual(columns.seconds, [1, 2, 3]);
  assert.deepEqual(columns.domain, [0.7, 1.1]);
  assert.equal(columns.point[0], null);
  assert.equal(columns.low[0], Math.log(0.7));
  assert.equal(columns.high[0], Math.log(1.1));
  assert.equal(columns.low[2], Math.log(0.85));
});

test('a look without the metric is omitted', () => {
  assert.deepEqual(
    confidenceColumns([look(1000, { point: 1, low: 0.5, high: 2 })], 'other', 0.8, EFFECT_SCALES.ratio)
      .seconds,
    [],
  );
});

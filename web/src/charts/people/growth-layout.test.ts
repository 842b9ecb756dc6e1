import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blocksOf, type GrowthWeek, growthDomain, slotsOf } from './growth-layout.ts';

const week: GrowthWeek = {
  week: '2026-11-16',
  active: 90,
  new: 30,
  returning: 50,
  resurrecting: 10,
  dormant: 20,
  churn: 0.25,
  settling: false,
};

test('gained and returning people stack up to the active people; dormant people are below zero', () => {
  assert.deepEqual(blocksOf(week), [
    { part: 'returning', people: 50, from: 0, to: 50 },
    { part: 'new', people: 30, from: 50, to: 80 },
    { part: 'resurrecting', people: 10, from: 80, to: 90 },
    { part: 'dormant', people: 20, from: -20, to: 0 },
  ]);
});

test('empty blocks are omitted, and no data still has an axis', () => {
  const first = { ...week, active: 30, returning: 0, resurrecting: 0, dormant: 0, churn: null };
  assert.deepEqual(
    blocksOf(first).map(({ part }) => part),
    ['new'],
  );
  assert.deepEqual(growthDomain([week, first]), [-20, 100]);
  assert.deepEqual(growthDomain([]), [0, 1]);
});

test('weeks fill the width beside the axis, and need some', () => {
  const { slot, bar, x } = slotsOf(10, 444) ?? assert.fail('there is room');
  assert.deepEqual([slot, x(0), x(9)], [40, 64, 424]);
  assert.ok(bar > 0 && bar < slot);
  assert.equal(slotsOf(10, 44), undefined);
  assert.equal(slotsOf(10, 6), undefined);
  assert.equal(slotsOf(0, 0), undefined);
});

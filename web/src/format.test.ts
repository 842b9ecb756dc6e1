import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as format from './format.ts';

test('counts are grouped, and compact from ten thousand', () => {
  assert.equal(format.count(1234567), '1,234,567');
  assert.equal(format.shortCount(9999), '9,999');
  assert.equal(format.shortCount(12345), '12.3K');
});

test('shares keep their significant digits', () => {
  assert.deepEqual([0, 0.0004, 0.042, 0.42, 1, null].map(format.percent), [
    '0%',
    '0.04%',
    '4.2%',
    '42%',
    '100%',
    '–',
  ]);
  assert.equal(format.share(1, 0), null);
  assert.equal(format.share(1, 4), 0.25);
});

test('dollars keep three significant digits, however small', () => {
  assert.deepEqual([0, 0.0000004123, 0.00123456, 0.4, 1.5, 12.345, 1234.5, null].map(format.usd), [
    '$0',
    '$0.000000412',
    '$0.00123',
    '$0.400',
    '$1.50',
    '$12.35',
    '$1,235',
    '–',
  ]);
});

test('latency changes its unit and never shows "1000 ms"', () => {
  assert.deepEqual([0.42, 9.94, 128.4, 999.4, 999.6, 1284, 12_340, 90_000, null].map(format.latency), [
    '0.4 ms',
    '9.9 ms',
    '128 ms',
    '999 ms',
    '1.00 s',
    '1.28 s',
    '12.3 s',
    '1 m 30 s',
    '–',
  ]);
});

test('durations show their two largest units', () => {
  assert.deepEqual([-5, 0, 45_000, 60_000, 200_000, 7_500_000, 3_605_000, 352_800_000].map(format.duration), [
    '0 s',
    '0 s',
    '45 s',
    '1 m',
    '3 m 20 s',
    '2 h 5 m',
    '1 h',
    '4 d 2 h',
  ]);
  assert.deepEqual([45, 725, 3750].map(format.stopwatch), ['0:45', '12:05', '1:02:30']);
});

test('ages show their largest unit', () => {
  const now = Date.parse('2026-01-02T00:00:00Z');
  const at = (seconds: number) => new Date(now - seconds * 1000).toISOString();
  assert.deepEqual(
    [0, 12, 200, 8000, 200_000].map((seconds) => format.ago(at(seconds), now)),
    ['just now', '12 s ago', '3 min ago', '2 h ago', '2 d ago'],
  );
});

test('future times are shown in their largest unit', () => {
  const now = Date.parse('2026-01-02T00:00:00Z');
  const at = (seconds: number) => new Date(now + seconds * 1000).toISOString();
  assert.deepEqual(
    [-1, 0, 20, 200, 8000, 7_776_000].map((seconds) => format.ahead(at(seconds), now)),
    ['over', 'over', 'in 1 min', 'in 3 min', 'in 2 h', 'in 90 d'],
  );
});

test('open ends of a confidence sequence are 0 and ∞', () => {
  assert.equal(format.bounds(null, null), '0 to ∞');
  assert.equal(format.bounds(0.854, 12.34), '0.85× to 12.3×');
  assert.equal(format.ratio(null), '–');
});

test('evidence is shown as a number, not as a logarithm', () => {
  assert.deepEqual([-9, 0, Math.log(20), Math.log(150), 40].map(format.evidence), [
    'under 0.01',
    '1.00',
    '20',
    '150',
    'over a million',
  ]);
});

test('weeks are calendar days, whatever the time zone', () => {
  assert.equal(format.dayName('2026-11-16'), '16 Nov');
});

test('units and sizes', () => {
  assert.deepEqual([512, 2048, 5_242_880].map(format.bytes), ['512 B', '2.0 KiB', '5.0 MiB']);
  assert.deepEqual([0, 0.05, 12.34, 25_000].map(format.perSecond), ['0/s', '3.0/min', '12.3/s', '25K/s']);
  assert.equal(format.plural(1, 'run'), '1 run');
  assert.equal(format.plural(2, 'person', 'people'), '2 people');
});

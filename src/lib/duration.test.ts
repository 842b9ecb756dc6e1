import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationText, parseDuration } from './duration.ts';

test('durations are parsed and formatted', () => {
  const table: [string, number][] = [
    ['500ms', 500],
    ['20s', 20_000],
    ['3m', 180_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
  ];
  for (const [text, durationMs] of table) {
    assert.equal(parseDuration(text), durationMs);
    assert.equal(durationText(durationMs), text);
  }
  assert.equal(parseDuration('1.5s'), 1_500);
  assert.equal(durationText(1_500), '1.5s');
  assert.equal(durationText(1_234), '1234ms');
  assert.equal(durationText(90_000), '90s');
});

test('anything else is not a duration', () => {
  for (const text of ['', '3', 's', '-3s', '0s', '3 s', '3w', '1e3s', '99999999999999999999d']) {
    assert.equal(parseDuration(text), undefined, text);
  }
});

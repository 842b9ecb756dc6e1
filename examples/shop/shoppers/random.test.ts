import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomOf } from './random.ts';

const COUNT = 20_000;
const draws = (draw: () => number): number[] => Array.from({ length: COUNT }, draw).sort((a, b) => a - b);
const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const close = (actual: number, expected: number, by: number): void =>
  assert.ok(Math.abs(actual - expected) < by, `${actual} is not within ${by} of ${expected}`);

test('a stream is reproducible, and neighbouring streams are independent', () => {
  const take = (...parts: (string | number)[]) => Array.from({ length: 20 }, randomOf(...parts).next);
  assert.deepEqual(take(7, 'a', 1), take(7, 'a', 1));
  assert.equal(new Set([...take(7, 'a', 1), ...take(7, 'a', 2), ...take(8, 'a', 1)]).size, 60);
  const firsts = Array.from({ length: COUNT }, (_, index) => randomOf(1, index).next());
  close(mean(firsts), 0.5, 0.01);
});

test('the distributions have the documented means, medians and ranges', () => {
  const random = randomOf(42);
  const uniform = draws(random.next);
  close(mean(uniform), 0.5, 0.01);
  assert.ok((uniform[0] as number) >= 0 && (uniform.at(-1) as number) < 1);
  close(mean(draws(() => (random.chance(0.3) ? 1 : 0))), 0.3, 0.015);
  const whole = draws(() => random.whole(2, 4));
  assert.deepEqual([...new Set(whole)], [2, 3, 4]);
  close(mean(whole), 3, 0.03);
  close(mean(draws(() => random.exponential(5))), 5, 0.15);
  close(mean(draws(() => random.poisson(2))), 2, 0.05);
  const patience = draws(() => random.lognormal(6, 0.35));
  close(patience[COUNT / 2] as number, 6, 0.1);
  close(patience.filter((value) => value < 6 * Math.exp(0.35)).length / COUNT, 0.841, 0.01);
});

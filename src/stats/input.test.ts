import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  checkBetween,
  checkCount,
  checkFinite,
  checkFraction,
  checkPositive,
  checkSample,
  checkStages,
  StatsInputError,
} from './input.ts';

const { NaN: nan, POSITIVE_INFINITY: infinity, MAX_SAFE_INTEGER: safe } = Number;
type Check = (value: number, name: string) => void;

const TABLE: [name: string, check: Check, good: number[], bad: number[], what: RegExp][] = [
  ['checkCount', checkCount, [0, 1, safe], [-1, 0.5, nan, infinity, safe + 1], /a whole number, 0 or more$/],
  ['checkFraction', checkFraction, [1e-300, 0.5, 0.999], [0, 1, -1, nan], /between 0 and 1$/],
  ['checkPositive', checkPositive, [1e-300, 1e300], [0, -1, nan, infinity], /a number above 0$/],
  ['checkFinite', checkFinite, [-1e300, 0], [nan, infinity, -infinity], /a finite number$/],
  ['checkSample', checkSample, [1, 1.5, 1e15], [0.9, 1.1e15, nan], /from 1 to 1000000000000000$/],
  ['checkBetween', (value, name) => checkBetween(value, 2, 3, name), [2, 3], [1.9, 3.1, nan], /from 2 to 3$/],
];

for (const [name, check, good, bad, what] of TABLE) {
  test(`${name} takes ${good.join(', ')} and refuses ${bad.join(', ')} by name`, () => {
    for (const value of good) check(value, 'it');
    for (const value of bad) {
      assert.throws(
        () => check(value, 'it'),
        (error) =>
          error instanceof StatsInputError &&
          error.name === 'StatsInputError' &&
          error.message.startsWith(`it is ${value}: it must `) &&
          what.test(error.message),
      );
    }
  });
}

test('stages are checked one by one, each number by its place', () => {
  const good = { control: 1, treatment: 2, share: 0.5 };
  checkStages([]);
  checkStages([good, { control: 0, treatment: 0, share: 1e-9 }]);
  for (const [change, message] of [
    [{ control: -1 }, /stages\[1\]\.control is -1/],
    [{ treatment: 0.5 }, /stages\[1\]\.treatment is 0\.5/],
    [{ share: 1 }, /stages\[1\]\.share is 1/],
    [{ share: 1e-10 }, /stages\[1\]\.share is 1e-10/],
  ] as const) {
    assert.throws(() => checkStages([good, { ...good, ...change }]), message);
  }
});

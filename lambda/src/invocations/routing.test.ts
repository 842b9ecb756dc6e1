import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Units } from '../ports.ts';
import { routedVersion } from './routing.ts';

const alias = (weight: number) => ({ name: 'live', version: '1', weights: { '2': weight } });
const nobody = () => undefined;
const fail = () => assert.fail('nothing is left to chance');
/** Shares of a hash that node has. */
const units: Units = {
  ofHeaders: fail,
  ofClientContext: fail,
  isInShare: (salt, unit, share) =>
    Number.parseInt(hash('sha256', `${salt}/${unit}`).slice(0, 8), 16) < share * 2 ** 32,
};
const never = { draw: fail, units };
const drawn = (draw: number) => ({ draw: () => draw, units });

test('an alias without weights always takes its version, and asks for neither unit nor chance', () => {
  assert.equal(routedVersion({ name: 'live', version: '3', weights: {} }, 'shop', fail, never), '3');
});

test('without a unit, the weight is the share of draws that another version gets', () => {
  const draws = Array.from({ length: 1_000 }, (_, i) => i / 1_000);
  const versions = draws.map((draw) => routedVersion(alias(0.25), 'shop', nobody, drawn(draw)));
  assert.equal(versions.filter((version) => version === '2').length, 250);
});

test('without units handed in, nobody is asked for one: every invocation is drawn, as on AWS', () => {
  const versions = [0.1, 0.9].map((draw) =>
    routedVersion(alias(0.5), 'shop', fail, { draw: () => draw, units: undefined }),
  );
  assert.deepEqual(versions, ['2', '1']);
});

test('weights of 0 and 1 send nobody and everybody', () => {
  for (const unitOf of [nobody, () => 'somebody']) {
    assert.equal(routedVersion(alias(0), 'shop', unitOf, drawn(0)), '1');
    assert.equal(routedVersion(alias(1), 'shop', unitOf, drawn(0.999_999)), '2');
  }
});

test('a unit stays with the other version while its weight grows', () => {
  const weight = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), weight, weight, (unit, a, b) => {
      const before = routedVersion(alias(Math.min(a, b)), 'shop', () => unit, never);
      const after = routedVersion(alias(Math.max(a, b)), 'shop', () => unit, never);
      assert.ok(before === '1' || after === '2', `${before} then ${after}`);
    }),
  );
});

test('the weight is the share of units, and each function, alias and version has units of its own', () => {
  const units = Array.from({ length: 10_000 }, (_, i) => `person-${i}`);
  const chosen = (name: string, functionName: string, version: string) =>
    new Set(
      units.filter((unit) => {
        const weights = { [version]: 0.1 };
        return routedVersion({ name, version: '1', weights }, functionName, () => unit, never) === version;
      }),
    );
  const first = chosen('live', 'shop', '2');
  for (const other of [
    chosen('live', 'shop', '3'),
    chosen('beta', 'shop', '2'),
    chosen('live', 'store', '2'),
  ]) {
    // 99.9 % of the binomial distribution of 10,000 at 0.1, and of both at 0.01.
    assert.ok(Math.abs(other.size - 1_000) < 99, `${other.size}`);
    const both = [...other].filter((unit) => first.has(unit)).length;
    assert.ok(Math.abs(both - 100) < 33, `${both} in both`);
  }
});

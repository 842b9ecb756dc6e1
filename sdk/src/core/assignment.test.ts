import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { assign } from './assignment.ts';

const UNITS = 20_000;

describe('assignment', () => {
  it('puts the share of units into treatment, within binomial bounds', () => {
    for (const share of [0.01, 0.1, 0.5, 0.9]) {
      for (const salt of ['run-a', 'run-b', 'run-c']) {
        let treated = 0;
        for (let i = 0; i < UNITS; i++) if (assign(salt, `unit-${i}`, share) === 'treatment') treated++;
        // Five standard deviations: one honest failure in a million and a half.
        const bound = 5 * Math.sqrt(UNITS * share * (1 - share));
        assert.ok(Math.abs(treated - UNITS * share) < bound, `${salt} ${share}: ${treated}`);
      }
    }
  });

  it('is independent between salts', () => {
    let both = 0;
    for (let i = 0; i < UNITS; i++) {
      if (
        assign('run-a', `unit-${i}`, 0.5) === 'treatment' &&
        assign('run-b', `unit-${i}`, 0.5) === 'treatment'
      )
        both++;
    }
    assert.ok(Math.abs(both - UNITS / 4) < 5 * Math.sqrt(UNITS * 0.25 * 0.75), `${both}`);
  });

  it('keeps a unit in treatment when the share grows', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.string(), fc.string({ unit: 'binary' }), share, share, (salt, unit, a, b) => {
        const [small, large] = a < b ? [a, b] : [b, a];
        if (assign(salt, unit, small) === 'treatment') assert.equal(assign(salt, unit, large), 'treatment');
      }),
    );
  });

  it('puts nobody into treatment at 0 and everybody at 1', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ unit: 'binary' }), (salt, unit) => {
        assert.equal(assign(salt, unit, 0), 'control');
        assert.equal(assign(salt, unit, 1), 'treatment');
      }),
    );
  });
});

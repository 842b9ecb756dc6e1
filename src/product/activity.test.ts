import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Activity } from './activity.ts';
import { growth } from './growth.ts';
import { retention } from './retention.ts';

const TODAY = '2026-03-11';
const WEEKS = 8;

/** People as the weeks (ago) they were active in, the plain form that the definitions are written in once more here. */
const crowds = fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 8 }), {
  maxLength: 40,
});

function asActivity(crowd: number[][]): Activity[] {
  return crowd.map((weeks) => ({
    weeks: weeks.reduce((bits, week) => bits | (1n << BigInt(week)), 0n),
    people: 1,
  }));
}

test('active people are new, returning and resurrecting, and changes add up from week to week', () => {
  fc.assert(
    fc.property(crowds, (crowd) => {
      const { weeks } = growth(asActivity(crowd), WEEKS, TODAY);
      weeks.forEach((week, index) => {
        assert.equal(week.active, week.new + week.returning + week.resurrecting);
        const before = weeks[index - 1];
        if (before) assert.equal(week.active - before.active, week.new + week.resurrecting - week.dormant);
      });
    }),
  );
});

test('growth equals its definition, person by person', () => {
  fc.assert(
    fc.property(crowds, (crowd) => {
      growth(asActivity(crowd), WEEKS, TODAY).weeks.forEach((week, index) => {
        const ago = WEEKS - 1 - index;
        const active = crowd.filter((weeks) => weeks.includes(ago));
        assert.equal(week.new, active.filter((weeks) => Math.max(...weeks) === ago).length);
        assert.equal(week.returning, active.filter((weeks) => weeks.includes(ago + 1)).length);
        assert.equal(
          week.dormant,
          crowd.filter((weeks) => weeks.includes(ago + 1) && !weeks.includes(ago)).length,
        );
      });
    }),
  );
});

test('retention equals its definition for both kinds of cohort, and never counts the future', () => {
  fc.assert(
    fc.property(crowds, fc.constantFrom('first' as const, 'recurring' as const), (crowd, kind) => {
      const view = retention(asActivity(crowd), WEEKS, kind, null, TODAY);
      view.cohorts.forEach((cohort, index) => {
        const ago = WEEKS - 1 - index;
        const members = crowd.filter((weeks) =>
          kind === 'first' ? Math.max(...weeks) === ago : weeks.includes(ago),
        );
        assert.equal(cohort.people, members.length);
        cohort.retained.forEach((retained, later) => {
          const expected = later > ago ? null : members.filter((weeks) => weeks.includes(ago - later)).length;
          assert.equal(retained, expected);
        });
      });
      for (const share of view.curve) assert.ok(share === null || (share >= 0 && share <= 1));
      assert.ok(view.curve[0] === null || view.curve[0] === 1);
    }),
  );
});

test('weeks are named by their Monday and the current one is settling', () => {
  const { weeks } = growth([], 2, TODAY);
  assert.deepEqual(
    weeks.map(({ week, settling, churn }) => [week, settling, churn]),
    [
      ['2026-03-02', false, null],
      ['2026-03-09', true, null],
    ],
  );
  assert.equal(growth([], 1, '2026-03-15').weeks[0]?.week, '2026-03-09');
});

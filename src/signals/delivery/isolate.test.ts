import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isolate } from './isolate.ts';

/** Lands ranges without a bad row; tells how often each row landed and which ranges were tried. */
function engine(bad: ReadonlySet<number>) {
  const landed = new Map<number, number>();
  const tried: string[] = [];
  let inserts = 0;
  return {
    landed,
    tried,
    inserts: () => inserts,
    async attempt(from: number, to: number): Promise<string | undefined> {
      tried.push(`${from}-${to}`);
      for (let row = from; row < to; row++) if (bad.has(row)) return `row ${row}`;
      inserts++;
      for (let row = from; row < to; row++) landed.set(row, (landed.get(row) ?? 0) + 1);
      return undefined;
    },
  };
}

test('exactly the bad rows come back, everything else lands once, no range is tried twice', async () => {
  const cases = fc
    .integer({ min: 0, max: 4_000 })
    .chain((count) =>
      fc.tuple(
        fc.constant(count),
        fc.uniqueArray(fc.nat({ max: Math.max(0, count - 1) }), { maxLength: Math.min(count, 25) }),
      ),
    );
  await fc.assert(
    fc.asyncProperty(cases, async ([count, rows]) => {
      const bad = new Set(rows);
      const { landed, tried, attempt } = engine(bad);
      const refused = await isolate(count, attempt);
      assert.deepEqual(
        refused,
        [...bad].sort((a, b) => a - b).map((row) => ({ from: row, to: row + 1, reason: `row ${row}` })),
      );
      assert.equal(landed.size, count - bad.size);
      assert.ok([...landed.values()].every((times) => times === 1));
      assert.equal(new Set(tried).size, tried.length);
    }),
    { numRuns: 60 },
  );
});

test('however many rows are bad, the cost is bounded and every row is landed or refused', async () => {
  for (const step of [1, 2, 7]) {
    const bad = new Set(Array.from({ length: 4_000 }, (_, i) => i).filter((i) => i % step === 0));
    const { landed, tried, attempt, inserts } = engine(bad);
    const refused = await isolate(4_000, attempt);
    const kept = refused.reduce((sum, { from, to }) => sum + to - from, 0);
    assert.equal(landed.size + kept, 4_000);
    assert.ok(tried.length <= 801 && inserts() <= 401, `${tried.length} tries, ${inserts()} inserts`);
  }
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logNormalCdf } from '../numerics/normal.ts';
import { seeded } from '../numerics/random.ts';
import { crossingProbabilities } from './crossing.ts';

const near = (actual: number | undefined, expected: number, tolerance: number) =>
  assert.ok(Math.abs((actual as number) - expected) <= tolerance, `${actual} is not ${expected}`);

test('one look is the tail of a normal', () => {
  for (const boundary of [-3, 0, 10, 40]) {
    const [p] = crossingProbabilities({ looks: [100], boundary: [boundary], drift: 0.1, variance: 4 });
    near(p, Math.exp(logNormalCdf((10 - boundary) / 20)), 1e-9);
  }
});

test('a strong drift is followed', () => {
  const [half, later] = crossingProbabilities({
    looks: [100, 400],
    boundary: [500, 2_100],
    drift: 5,
    variance: 1,
  });
  near(half, 0.5, 1e-9);
  assert.ok((later as number) > 0.5 && (later as number) < 0.50001);
});

test('a boundary that is out of reach is never crossed, one far below at once', () => {
  const walk = { looks: [10, 20], drift: 0, variance: 1 };
  for (const p of crossingProbabilities({ ...walk, boundary: [Number.POSITIVE_INFINITY, 1e6] }))
    near(p, 0, 1e-9);
  assert.deepEqual(crossingProbabilities({ ...walk, boundary: [-1e6, 1e6] }), [1, 1]);
});

test('five looks at 1.96 standard deviations find 7.1 % on one side, as Armitage, McPherson and Rowe tabulated', () => {
  const looks = [1, 2, 3, 4, 5];
  const decided = crossingProbabilities({
    looks,
    boundary: looks.map((n) => 1.959964 * Math.sqrt(n)),
    drift: 0,
    variance: 1,
  });
  // 14.2 % two-sided; both sides in one run are too rare to matter.
  near(decided.at(-1), 0.0712, 5e-4);
  assert.ok(decided.every((p, i) => i === 0 || p >= (decided[i - 1] as number)));
});

test('a drifting walk crosses as often as a simulated one', () => {
  const looks = [50, 80, 140, 260, 300];
  const boundary = [9, 10, 12, 20, 21];
  const decided = crossingProbabilities({ looks, boundary, drift: 0.05, variance: 0.3 });
  const random = seeded(6);
  const runs = 4_000;
  const crossed = looks.map(() => 0);
  for (let run = 0; run < runs; run++) {
    let [at, sum] = [0, 0];
    for (const [look, n] of looks.entries()) {
      const z = Array.from({ length: 12 }, () => random.next()).reduce((total, u) => total + u, -6);
      sum += 0.05 * (n - at) + z * Math.sqrt(0.3 * (n - at));
      at = n;
      if (sum >= (boundary[look] as number)) {
        for (let later = look; later < looks.length; later++) (crossed[later] as number)++;
        break;
      }
    }
  }
  decided.forEach((p, i) => {
    near(p, (crossed[i] as number) / runs, 4 * Math.sqrt((p * (1 - p)) / runs) + 1e-3);
  });
});

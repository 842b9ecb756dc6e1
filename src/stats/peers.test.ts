/** The special functions beside those of @stdlib and cephes, over grids on which these are themselves right. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { before, test } from 'node:test';
import { logGammaLower, logGammaUpper, logIncompleteBeta } from './numerics/incomplete.ts';
import { logNormalCdf, normalQuantile } from './numerics/normal.ts';
import { lgamma, lnBeta } from './numerics/special.ts';

type Numeric = (...numbers: number[]) => number;
const require = createRequire(import.meta.url);
/** Its types cannot be resolved from a module. */
const cephes: { compiled: Promise<void>; incbet: Numeric; igam: Numeric; igamc: Numeric; ndtri: Numeric } =
  require('cephes');
const gammaln: Numeric = require('@stdlib/math-base-special-gammaln');
const betaln: Numeric = require('@stdlib/math-base-special-betaln');
const betainc: Numeric = require('@stdlib/math-base-special-betainc');
const erfc: Numeric = require('@stdlib/math-base-special-erfc');
const standardQuantile: Numeric = require('@stdlib/stats-base-dists-normal-quantile');

before(async () => {
  await cephes.compiled;
});

/** The logarithm of a peer's value; undefined where it underflows, because there it has no digits. */
function logOf(value: () => number): number | undefined {
  try {
    const found = value();
    return found > 1e-304 && found <= 1 ? Math.log(found) : undefined;
  } catch {
    return undefined;
  }
}

/** The greatest error of a logarithm over a grid, and the least logarithm that was compared. */
function compared() {
  const seen = { cases: 0, worst: 0, at: '', deepest: 0 };
  return {
    seen,
    add(ours: number, peers: number | undefined, at: string, scale = 1) {
      if (peers === undefined) return;
      seen.cases++;
      const error = Math.abs(ours - peers) / scale;
      if (!(error <= seen.worst)) Object.assign(seen, { worst: error, at });
      seen.deepest = Math.min(seen.deepest, peers);
    },
  };
}

const PARAMETERS = [0.1, 0.5, 1, 2.5, 10, 47.3, 333, 1_001, 3_000];
const DEVIATIONS = [-37, -30, -20, -10, -5, -2, -0.5, 0, 0.5, 2, 5, 10, 20];

test('lgamma and lnBeta agree with @stdlib to 1e-13', () => {
  const gamma = compared();
  for (const z of [1e-8, 1e-3, 0.1, 0.5, 1, 1.5, 2, 2.5, 5, 9.99, 10, 33, 1e3, 1e6, 1e12]) {
    gamma.add(lgamma(z), gammaln(z), `${z}`, Math.max(1, Math.abs(gammaln(z))));
  }
  const beta = compared();
  for (const a of PARAMETERS)
    for (const b of PARAMETERS)
      beta.add(lnBeta(a, b), betaln(a, b), `${a}, ${b}`, Math.max(1, Math.abs(betaln(a, b))));
  assert.ok(gamma.seen.worst <= 1e-13, JSON.stringify(gamma.seen));
  assert.ok(beta.seen.worst <= 1e-13, JSON.stringify(beta.seen));
});

test('the log incomplete beta function agrees with @stdlib and cephes to 1e-10, down to e^-690', (context) => {
  const [stdlib, other] = [compared(), compared()];
  for (const a of PARAMETERS) {
    for (const b of PARAMETERS) {
      const mean = a / (a + b);
      const sd = Math.sqrt((mean * (1 - mean)) / (a + b + 1));
      const points = [
        ...DEVIATIONS.map((z) => mean + z * sd),
        0.126,
        1e-3,
        1e-7,
        1e-9,
        1e-30,
        1e-60,
        1e-120,
        1e-290,
      ];
      for (const x of points.filter((point) => point > 0 && point < 1 - 1e-9)) {
        const at = `I_${x}(${a}, ${b})`;
        const ours = logIncompleteBeta(x, a, b);
        stdlib.add(
          ours,
          logOf(() => betainc(x, a, b)),
          at,
        );
        // cephes loses digits in the power series it takes below b x = 1 (its documented error is 1e-11 at best).
        if (b >= 1)
          other.add(
            ours,
            logOf(() => cephes.incbet(a, b, x)),
            at,
          );
      }
    }
  }
  context.diagnostic(JSON.stringify({ stdlib: stdlib.seen, cephes: other.seen }));
  assert.ok(stdlib.seen.worst <= 1e-10, JSON.stringify(stdlib.seen));
  assert.ok(other.seen.worst <= 1e-10, JSON.stringify(other.seen));
  assert.ok(stdlib.seen.cases > 700 && stdlib.seen.deepest < -690, JSON.stringify(stdlib.seen));
});

test('the log incomplete gamma functions agree with cephes to 1e-10, down to e^-690', (context) => {
  const peers = compared();
  for (const a of [0.01, 0.5, 1, 3, 10, 100, 1_000, 10_000]) {
    const points = [0.01, 0.3, 0.8, 0.95, 1, 1.05, 1.3, 3, 10].map((factor) => factor * a);
    for (const x of [...points, 600, 690]) {
      peers.add(
        logGammaLower(a, x),
        logOf(() => cephes.igam(a, x)),
        `P(${a}, ${x})`,
      );
      peers.add(
        logGammaUpper(a, x),
        logOf(() => cephes.igamc(a, x)),
        `Q(${a}, ${x})`,
      );
    }
  }
  context.diagnostic(JSON.stringify(peers.seen));
  assert.ok(peers.seen.worst <= 1e-10, JSON.stringify(peers.seen));
  assert.ok(peers.seen.deepest < -690, JSON.stringify(peers.seen));
});

test('ln Φ and the normal quantile agree with @stdlib and cephes to 1e-10', () => {
  const cdf = compared();
  for (let x = -37; x <= 8; x += 0.25) {
    cdf.add(
      logNormalCdf(x),
      logOf(() => erfc(-x / Math.SQRT2) / 2),
      `${x}`,
    );
  }
  assert.ok(cdf.seen.worst <= 1e-10 && cdf.seen.deepest < -680, JSON.stringify(cdf.seen));
  const quantile = compared();
  for (const p of [1e-300, 1e-100, 1e-12, 1e-5, 0.01, 0.02425, 0.1, 0.3, 0.5, 0.7, 0.999, 1 - 1e-10]) {
    quantile.add(normalQuantile(p), cephes.ndtri(p), `${p}`);
    // @stdlib's has 4e-7 at 1e-12: it is held to the middle.
    if (p > 0.01 && p < 0.99) quantile.add(normalQuantile(p), standardQuantile(p, 0, 1), `${p}`);
  }
  assert.ok(quantile.seen.worst <= 1e-10, JSON.stringify(quantile.seen));
});

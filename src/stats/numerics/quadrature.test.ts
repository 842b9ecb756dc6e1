import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gaussLegendre } from './quadrature.ts';

const integral = (n: number, f: (x: number) => number) => {
  const { nodes, weights } = gaussLegendre(n);
  return nodes.reduce((sum, node, i) => sum + (weights[i] as number) * f(node), 0);
};
const near = (actual: number, expected: number, tolerance: number) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);

test('n nodes integrate every polynomial of degree below 2n exactly', () => {
  for (const n of [1, 2, 12, 48, 160]) {
    for (const power of [0, 1, 2, 10, 60, 94].filter((degree) => degree < 2 * n)) {
      near(
        integral(n, (x) => x ** power),
        power % 2 === 1 ? 0 : 2 / (power + 1),
        1e-13,
      );
    }
  }
});

test('n nodes do not integrate the degree 2n exactly, so the count is what it says', () => {
  assert.ok(Math.abs(integral(2, (x) => x ** 4) - 2 / 5) > 0.1);
});

test('nodes ascend, lie inside and are symmetric; weights are positive', () => {
  const { nodes, weights } = gaussLegendre(48);
  assert.ok([...nodes].every((node, i) => i === 0 || node > (nodes[i - 1] as number)));
  assert.ok([...nodes].every((node, i) => Math.abs(node + (nodes[47 - i] as number)) < 1e-15));
  assert.ok([...weights].every((weight) => weight > 0));
  near(nodes[0] as number, -0.998771007252426, 1e-14);
  near(integral(48, Math.exp), Math.E - 1 / Math.E, 1e-14);
});

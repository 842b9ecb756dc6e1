import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { Ring } from './record.ts';

it('a ring keeps the newest in order, and counts what it dropped', () => {
  const steps = fc.array(fc.oneof(fc.nat(30), fc.constant('drain' as const)), { maxLength: 40 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), steps, (capacity, actions) => {
      const ring = new Ring<number>(capacity);
      let model: number[] = [];
      let dropped = 0;
      let next = 0;
      for (const action of [...actions, 'drain' as const]) {
        if (action === 'drain') {
          assert.deepEqual(ring.drain(), model);
          assert.equal(ring.takeDropped(), dropped);
          model = [];
          dropped = 0;
          continue;
        }
        for (let i = 0; i < action; i++) {
          ring.push(next);
          model.push(next++);
          if (model.length > capacity) {
            model.shift();
            dropped++;
          }
        }
      }
    }),
  );
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { mergeBaggage, unitOfBaggage } from './baggage.ts';

const anyHeader = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.array(fc.stringMatching(/^[a-z=;, %"\\0-9]{0,12}$/), { maxLength: 20 }).map((parts) => parts.join(',')),
);
const anyUnit = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 256, size: 'max' })
  .map((unit) => unit.slice(0, 256).toWellFormed());

describe('baggage', () => {
  it('carries a unit of any characters there and back, whatever else there is', () => {
    fc.assert(
      fc.property(anyHeader, anyUnit, (header, unit) => {
        assert.equal(unitOfBaggage(mergeBaggage(header, unit)), unit);
      }),
    );
  });

  it('is always fit to be a header within the limits', () => {
    fc.assert(
      fc.property(anyHeader, fc.option(anyUnit, { nil: undefined }), (header, unit) => {
        const merged = mergeBaggage(header, unit);
        assert.match(merged, /^[\x20-\x7e]*$/);
        assert.ok(merged.length <= 8192);
        assert.ok(merged.split(',').length <= 180);
      }),
    );
  });

  it("keeps others' members as they came and replaces ours", () => {
    assert.equal(
      mergeBaggage('a=1;p=2, upstack.unit=old , b=%20', 'new one'),
      'upstack.unit=new%20one,a=1;p=2,b=%20',
    );
    assert.equal(mergeBaggage('upstack.unit=old,a=1', undefined), 'upstack.unit=old,a=1');
    assert.equal(mergeBaggage('', undefined), '');
  });

  it('leaves out what is malformed or beyond the limits', () => {
    assert.equal(mergeBaggage('no-value,=x,a b=1,c="q",ok=1', undefined), 'ok=1');
    assert.equal(mergeBaggage(`a=${'x'.repeat(8192)}`, 'u'), 'upstack.unit=u');
    const many = Array.from({ length: 300 }, (_, i) => `k${i}=v`).join(',');
    assert.equal(mergeBaggage(many, 'u').split(',').length, 180);
  });

  it('takes no unit that is empty or too long, and keeps a broken escape as it is', () => {
    assert.equal(unitOfBaggage('upstack.unit='), undefined);
    assert.equal(unitOfBaggage(`upstack.unit=${'x'.repeat(257)}`), undefined);
    assert.equal(unitOfBaggage('upstack.unit=50%'), '50%');
    assert.equal(unitOfBaggage('other=1'), undefined);
  });
});

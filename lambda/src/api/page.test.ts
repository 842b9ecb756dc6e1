import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LambdaError } from '../errors.ts';
import { page } from './page.ts';

const names = Array.from({ length: 120 }, (_, i) => `f${String(i).padStart(3, '0')}`);
const listOf = (items: string[], mostAsked?: number) => ({
  name: 'ListFunctions',
  items,
  keyOf: (item: string) => item,
  ...(mostAsked ? { mostAsked } : {}),
});
const query = (members: Record<string, string>) => new URLSearchParams(members);

function walk(items: () => string[], members: Record<string, string> = {}): string[][] {
  const pages: string[][] = [];
  for (let Marker: string | null = ''; Marker !== null; ) {
    const one: ReturnType<typeof page<string>> = page(
      listOf(items()),
      query({ ...members, ...(Marker ? { Marker } : {}) }),
    );
    pages.push(one.items);
    Marker = one.NextMarker;
  }
  return pages;
}

test('pages hold at most 50 and make up the whole, in the order of the keys', () => {
  const pages = walk(() => names.toReversed());
  assert.deepEqual(
    pages.map(({ length }) => length),
    [50, 50, 20],
  );
  assert.deepEqual(pages.flat(), names);
  assert.deepEqual(walk(() => names.slice(0, 50)).length, 1);
  assert.deepEqual(
    walk(() => []),
    [[]],
  );
  assert.equal(walk(() => names, { MaxItems: '10000' }).length, 3);
  assert.equal(walk(() => names, { MaxItems: '1' }).length, 120);
});

test('what is deleted and made between two pages hides and repeats nothing', () => {
  let asked = 0;
  const present = [...names];
  const pages = walk(() => {
    const now = [...present];
    present.splice(0, 1);
    present.push(`z${asked++}`);
    return now;
  });
  const seen = pages.flat();
  assert.equal(new Set(seen).size, seen.length);
  for (const name of names) assert.ok(seen.includes(name), name);
});

test('what is no marker of the list, and a MaxItems out of range, are refused', () => {
  const other = page({ ...listOf(names), name: 'ListAliases' }, query({})).NextMarker as string;
  const bad: [Record<string, string>, number | undefined, RegExp][] = [
    [{ Marker: '50' }, undefined, /Invalid Marker/],
    [{ Marker: other }, undefined, /Invalid Marker: pass the NextMarker that ListFunctions answered with/],
    [{ Marker: Buffer.from('null').toString('base64url') }, undefined, /Invalid Marker/],
    [{ MaxItems: '0' }, undefined, /'0' at 'maxItems'.*greater than or equal to 1/],
    [{ MaxItems: '-1' }, undefined, /greater than or equal to 1/],
    [{ MaxItems: 'ten' }, undefined, /maxItems/],
    [{ MaxItems: '1.5' }, undefined, /maxItems/],
    [{ MaxItems: '10001' }, undefined, /less than or equal to 10000/],
    [{ MaxItems: '51' }, 50, /less than or equal to 50/],
  ];
  for (const [members, mostAsked, reason] of bad) {
    assert.throws(
      () => page(listOf(names, mostAsked), query(members)),
      (error) => error instanceof LambdaError && error.status === 400 && reason.test(error.message),
      JSON.stringify(members),
    );
  }
});

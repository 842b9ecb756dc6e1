import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LambdaError } from '../errors.ts';
import { functionReference, isAliasName, parseQualifier } from './names.ts';

test('every form of a function name is understood', () => {
  const forms: [string, string, string | undefined][] = [
    ['shop-cart', 'shop-cart', undefined],
    ['shop-cart:live', 'shop-cart', 'live'],
    ['function:shop-cart:3', 'shop-cart', '3'],
    ['123456789012:function:shop-cart', 'shop-cart', undefined],
    ['arn:aws:lambda:eu-west-1:123456789012:function:shop-cart:$LATEST', 'shop-cart', '$LATEST'],
  ];
  for (const [text, name, qualifier] of forms) {
    assert.deepEqual(functionReference(text, undefined), { name, qualifier }, text);
  }
  assert.deepEqual(functionReference('a', 'live'), { name: 'a', qualifier: 'live' });
});

test('what is no function name is refused', () => {
  for (const text of ['', 'a b', '../a', 'a/b', 'x'.repeat(65), 'arn:aws:s3:::bucket']) {
    assert.throws(() => functionReference(text, undefined), LambdaError, text);
  }
  assert.throws(() => functionReference('a:live', 'other'), /does not match/);
});

test('qualifiers are versions, aliases or the newest code', () => {
  assert.deepEqual(parseQualifier(undefined), { kind: 'latest' });
  assert.deepEqual(parseQualifier('$LATEST'), { kind: 'latest' });
  assert.deepEqual(parseQualifier('12'), { kind: 'version', version: '12' });
  assert.deepEqual(parseQualifier('live'), { kind: 'alias', alias: 'live' });
  assert.equal(isAliasName('v12'), true);
  assert.equal(isAliasName('12'), false);
  assert.equal(isAliasName(undefined), false);
});

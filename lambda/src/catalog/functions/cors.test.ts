import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LambdaError } from '../../errors.ts';
import { corsFrom } from './cors.ts';

const ORIGINS = { AllowOrigins: ['https://www.example.com'] };

test('settings are kept as they were given, and an empty object switches them off', () => {
  const all = {
    AllowCredentials: true,
    AllowHeaders: ['x-one'],
    AllowMethods: ['GET', '*'],
    AllowOrigins: ['*'],
    ExposeHeaders: ['date'],
    MaxAge: 86_400,
  };
  assert.deepEqual(corsFrom(all), all);
  assert.deepEqual(corsFrom({ ...ORIGINS, MaxAge: null, Unknown: 1 }), ORIGINS);
  assert.equal(corsFrom({}), undefined);
});

test('what AWS would not take is refused', () => {
  const list = (length: number, item: string) => Array.from({ length }, () => item);
  const bad: [unknown, RegExp][] = [
    ['*', /must be an object/],
    [{ AllowMethods: ['GET'] }, /leave AllowOrigins as empty/],
    [{ AllowOrigins: [] }, /leave AllowOrigins as empty/],
    [{ AllowOrigins: list(101, '*') }, /less than or equal to 100/],
    [{ AllowOrigins: [`https://${'x'.repeat(246)}`] }, /1 to 253/],
    [{ AllowOrigins: ['a\r\nb: c'] }, /printable/],
    [{ ...ORIGINS, AllowMethods: ['OPTIONS'] }, /enum value set: \[GET, PUT/],
    [{ ...ORIGINS, AllowMethods: list(7, 'GET') }, /less than or equal to 6/],
    [{ ...ORIGINS, AllowHeaders: 'x-one' }, /must be a list/],
    [{ ...ORIGINS, ExposeHeaders: ['x'.repeat(1_025)] }, /1 to 1024/],
    [{ ...ORIGINS, MaxAge: 86_401 }, /from 0 to 86400/],
    [{ ...ORIGINS, MaxAge: -1 }, /from 0 to 86400/],
    [{ ...ORIGINS, AllowCredentials: 'yes' }, /true or false/],
  ];
  for (const [value, reason] of bad) {
    assert.throws(
      () => corsFrom(value),
      (error) => error instanceof LambdaError && error.status === 400 && reason.test(error.message),
      JSON.stringify(value),
    );
  }
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { destinationOf } from './destinations.ts';

const ACCOUNT = { region: 'eu-west-1', accountId: '000000000000' };
const of = (arn: string) => destinationOf(ACCOUNT, arn, 'destinationConfig.onFailure.destination');

test('functions, their versions and aliases, and queues are destinations', () => {
  const cart = 'arn:aws:lambda:eu-west-1:000000000000:function:cart';
  assert.deepEqual(of(cart), { kind: 'function', function: { name: 'cart', qualifier: undefined } });
  assert.deepEqual(of(`${cart}:live`), { kind: 'function', function: { name: 'cart', qualifier: 'live' } });
  assert.deepEqual(of('arn:aws:sqs:eu-west-1:000000000000:lost'), { kind: 'queue', queue: 'lost' });
});

test('what is no ARN of this account and region is refused', () => {
  for (const arn of [
    'arn:aws:lambda:eu-west-2:000000000000:function:cart',
    'arn:aws:lambda:eu-west-1:000000000001:function:cart',
    'arn:aws:lambda:eu-west-1:000000000000:layer:cart:1',
    'arn:aws:sqs:eu-west-2:000000000000:lost',
    'arn:aws:sqs:eu-west-1:000000000000:',
  ]) {
    assert.throws(() => of(arn), { message: `The destination ARN ${arn} is invalid.` });
  }
  assert.throws(() => of('cart'), /'destinationConfig.onFailure.destination' failed to satisfy constraint/);
});

test('targets that AWS has and nothing here is are refused by name', () => {
  for (const arn of [
    'arn:aws:sns:eu-west-1:000000000000:topic',
    'arn:aws:events:eu-west-1:000000000000:event-bus/default',
    'arn:aws:s3:::bucket',
    'arn:aws:sqs:eu-west-1:000000000000:lost.fifo',
  ]) {
    assert.throws(() => of(arn), { message: new RegExp(`^The target ${arn} is not supported yet`) });
  }
});

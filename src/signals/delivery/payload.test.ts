import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_ENVIRONMENT, type Environment } from '../../../sdk/src/core/environment.ts';
import type { SignalRecord } from '../tables.ts';
import { batchesOf } from './batches.ts';
import { decodePayload, encodePayload } from './payload.ts';

const link = (visitor: string): SignalRecord => ({
  table: 'identities',
  row: { environment: DEFAULT_ENVIRONMENT, anonymous_id: visitor, user_id: 'u', first: '1700000000.000' },
});
const line = (text: string): SignalRecord => ({
  table: 'logs',
  row: {
    environment: 'staging' as Environment,
    ts: '1700000000.000',
    function: 'cart',
    version: '1',
    instance: 'i',
    request_id: 'r',
    line: text,
  },
});
const columns = ['anonymous_id', 'user_id', 'first'];

test('a payload says the columns of its rows', () => {
  const payload = encodePayload([link('a'), line('bad\ud83d'), link('b')]);
  assert.deepEqual(decodePayload(payload), [
    {
      table: 'identities',
      columns: ['environment', ...columns],
      rows: [
        ['production', 'a', 'u', '1700000000.000'],
        ['production', 'b', 'u', '1700000000.000'],
      ],
    },
    {
      table: 'logs',
      columns: ['environment', 'ts', 'function', 'version', 'instance', 'request_id', 'line'],
      rows: [['staging', '1700000000.000', 'cart', '1', 'i', 'r', 'bad\ufffd']],
    },
  ]);
});

test('a payload of the first form is read in the order it was written, short rows too', () => {
  const payload = '[["identities",["a","u","1.000"]],["invocations",["2.000","cart"]]]';
  assert.deepEqual(decodePayload(payload), [
    { table: 'identities', columns, rows: [['a', 'u', '1.000']] },
    { table: 'invocations', columns: ['ts', 'function'], rows: [['2.000', 'cart']] },
  ]);
});

test('anything else is an error', () => {
  for (const payload of ['', '5', 'null', '[5]', '[["nowhere",[1]]]']) {
    assert.throws(() => decodePayload(payload), payload);
  }
});

test('rows of one table with the same columns are one batch; its name does not change', () => {
  const first = decodePayload('[["identities",["a","u","1.000"]],["invocations",["2.000"]]]');
  const second = decodePayload('[["identities",["b","u","1.000"]],["invocations",["3.000","cart"]]]');
  assert.deepEqual(
    batchesOf([...first, ...second]).map(({ name, columns, rows }) => [name, columns.length, rows.length]),
    [
      ['identities', 3, 2],
      ['invocations', 1, 1],
      ['invocations#2', 2, 1],
    ],
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OPERATIONS } from '../../../src/api/lambda-api.ts';
import { callByPython, callBySdk, pythonWith } from '../../clients/python.ts';

const python = pythonWith('boto3');

test('boto3 makes every call as AWS SDK v3 does, and its model declares every answer', {
  skip: python ? false : 'no Python here can import boto3',
  timeout: 120_000,
}, async (context) => {
  const { client, current, outcomes } = await callByPython(python as string, 'compute_boto3.py');
  context.diagnostic(`${client}: ${outcomes.length} calls`);
  assert.deepEqual(
    outcomes.filter(({ faults }) => faults.length > 0),
    [],
  );
  const expected = await callBySdk();
  // Only an old model has not heard of an operation.
  const known = (i: number) => current || outcomes[i]?.outcome !== 'unknown';
  assert.deepEqual(
    outcomes
      .map(({ operation, outcome, status }) => ({ operation, outcome, status }))
      .filter((_, i) => known(i)),
    expected.filter((_, i) => known(i)),
  );
  const called = new Set(outcomes.map(({ operation }) => operation));
  assert.deepEqual([...called].sort(), OPERATIONS.map(({ name }) => name).sort());
});

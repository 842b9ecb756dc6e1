import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../lib/problem.ts';
import { configFrom } from './config.ts';

const ROLE = 'arn:aws:iam::123456789012:role/upstack-function';

test('compute is the twin, or a region of AWS with the role of new functions', () => {
  assert.deepEqual(configFrom({}).compute, { kind: 'embedded' });
  const aws = configFrom({ compute: 'aws:eu-west-1', computeRole: ROLE }).compute;
  assert.deepEqual(aws, { kind: 'aws', region: 'eu-west-1', role: ROLE });
  assert.deepEqual(configFrom({ compute: 'aws:eu-west-1' }).compute, {
    kind: 'aws',
    region: 'eu-west-1',
    role: undefined,
  });
});

test('what is neither is refused with what the option takes', () => {
  for (const [options, message] of [
    [{ compute: 'aws:' }, /^--compute "aws:": takes "embedded:" or "aws:<region>"/],
    [
      { compute: 'aws:eu-west-1', computeRole: 'me' },
      /^--compute-role "me": takes the ARN of an execution role/,
    ],
  ] as const) {
    assert.throws(
      () => configFrom(options),
      (error) => error instanceof Problem && message.test(error.message),
    );
  }
});

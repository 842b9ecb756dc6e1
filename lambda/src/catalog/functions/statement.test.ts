import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LambdaError } from '../../errors.ts';
import { statementFrom } from './statement.ts';

const ARN = 'arn:aws:lambda:eu-west-1:000000000000:function:cart:live';
const GOOD = { StatementId: 'a', Action: 'lambda:InvokeFunction', Principal: 's3.amazonaws.com' };

test('the least that a statement says', () => {
  assert.deepEqual(statementFrom(GOOD, ARN), {
    Sid: 'a',
    Effect: 'Allow',
    Principal: { Service: 's3.amazonaws.com' },
    Action: 'lambda:InvokeFunction',
    Resource: ARN,
  });
});

test('each member becomes its condition', () => {
  const request = {
    ...GOOD,
    SourceArn: 'arn:aws:s3:::photos',
    SourceAccount: '123456789012',
    EventSourceToken: 'token-1',
    PrincipalOrgID: 'o-a1b2c3d4e5',
    InvokedViaFunctionUrl: true,
  };
  assert.deepEqual(statementFrom(request, ARN).Condition, {
    StringEquals: {
      'AWS:SourceAccount': '123456789012',
      'lambda:EventSourceToken': 'token-1',
      'aws:PrincipalOrgID': 'o-a1b2c3d4e5',
    },
    ArnLike: { 'AWS:SourceArn': 'arn:aws:s3:::photos' },
    Bool: { 'lambda:InvokedViaFunctionUrl': 'true' },
  });
  const url = { ...GOOD, Action: 'lambda:InvokeFunctionUrl', Principal: '*', FunctionUrlAuthType: 'NONE' };
  assert.deepEqual(statementFrom(url, ARN).Condition, {
    StringEquals: { 'lambda:FunctionUrlAuthType': 'NONE' },
  });
});

test('principals are everybody, accounts, identities and services', () => {
  const principals: [string, unknown][] = [
    ['*', '*'],
    ['123456789012', { AWS: 'arn:aws:iam::123456789012:root' }],
    ['arn:aws:iam::123456789012:role/x', { AWS: 'arn:aws:iam::123456789012:role/x' }],
    ['events.amazonaws.com', { Service: 'events.amazonaws.com' }],
    ['alexa-appkit.amazon.com', { Service: 'alexa-appkit.amazon.com' }],
  ];
  for (const [Principal, shown] of principals) {
    assert.deepEqual(statementFrom({ ...GOOD, Principal }, ARN).Principal, shown);
  }
});

test('what AWS would not take is refused', () => {
  const bad: [object, RegExp][] = [
    [{ StatementId: undefined }, /'null' at 'statementId'.*not be null/],
    [{ StatementId: 'a b' }, /statementId/],
    [{ StatementId: 'x'.repeat(101) }, /statementId/],
    [{ Action: 's3:GetObject' }, /action/],
    [{ Action: 7 }, /action/],
    [{ Principal: 'somebody' }, /principal was invalid/],
    [{ SourceArn: 'photos' }, /sourceArn/],
    [{ SourceAccount: '12' }, /sourceAccount/],
    [{ PrincipalOrgID: 'x' }, /principalOrgID/],
    [{ FunctionUrlAuthType: 'SOME' }, /functionUrlAuthType/],
    [{ FunctionUrlAuthType: 'NONE' }, /only supported for lambda:InvokeFunctionUrl/],
    [{ InvokedViaFunctionUrl: 'yes' }, /true or false/],
    [
      { Action: 'lambda:GetFunction', InvokedViaFunctionUrl: true },
      /only supported for lambda:InvokeFunction/,
    ],
  ];
  for (const [change, reason] of bad) {
    assert.throws(
      () => statementFrom({ ...GOOD, ...change }, ARN),
      (error) =>
        error instanceof LambdaError &&
        error.type === 'InvalidParameterValueException' &&
        reason.test(error.message),
      JSON.stringify(change),
    );
  }
});

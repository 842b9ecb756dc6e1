import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LambdaError } from '../../errors.ts';
import { refuseUnhonoured } from './fixed-settings.ts';

test("AWS's defaults and empty settings are accepted", () => {
  const accepted = [
    { TracingConfig: { Mode: 'PassThrough' } },
    { VpcConfig: { SubnetIds: [], SecurityGroupIds: [], Ipv6AllowedForDualStack: false } },
    { FileSystemConfigs: null, KMSKeyArn: '' },
  ];
  for (const request of accepted) refuseUnhonoured(request);
});

test('what nothing honours is refused by name', () => {
  const refused: [object, RegExp][] = [
    [{ TracingConfig: { Mode: 'Active' } }, /^TracingConfig\.Mode Active is not supported yet/],
    [{ VpcConfig: { SubnetIds: ['subnet-1'] } }, /^VpcConfig is not supported yet/],
    [{ DurableConfig: { ExecutionTimeout: 1 } }, /^DurableConfig is not supported yet/],
    [{ CodeSigningConfigArn: 'arn:x' }, /^CodeSigningConfigArn is not supported yet/],
    [{ PublishTo: 'LATEST_PUBLISHED' }, /^PublishTo is not supported yet/],
  ];
  for (const [request, reason] of refused) assertRefused(request, reason);
});

test('what AWS would not take is refused for that', () => {
  assertRefused({ TracingConfig: { Mode: 'Sometimes' } }, /enum value set: \[PassThrough, Active\]/);
  assertRefused({ TracingConfig: 'Active' }, /TracingConfig must be an object/);
});

function assertRefused(request: object, reason: RegExp): void {
  assert.throws(
    () => refuseUnhonoured(request as Record<string, unknown>),
    (error) =>
      error instanceof LambdaError &&
      error.type === 'InvalidParameterValueException' &&
      reason.test(error.message),
    JSON.stringify(request),
  );
}

import assert from 'node:assert/strict';
import { LambdaClient } from '@aws-sdk/client-lambda';
import type { ComputeUnderTest } from './compute-support.ts';

/**
 * The real service: `UPSTACK_TEST_COMPUTE_URL` is `aws:eu-west-1` or the address of any Lambda-compatible endpoint,
 * `UPSTACK_TEST_COMPUTE_ROLE` the ARN of an execution role. Keys come from where the AWS SDK looks.
 */
export async function fromEnvironment(): Promise<ComputeUnderTest> {
  const url = process.env.UPSTACK_TEST_COMPUTE_URL ?? '';
  const role = process.env.UPSTACK_TEST_COMPUTE_ROLE;
  assert.ok(role, 'set UPSTACK_TEST_COMPUTE_ROLE to the ARN of an execution role');
  const region = /^aws:(.+)$/.exec(url)?.[1];
  const client = new LambdaClient(region ? { region } : { endpoint: url });
  return { client, role, close: async () => client.destroy() };
}

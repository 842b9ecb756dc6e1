import assert from 'node:assert/strict';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { SourcesUnderTest } from '../suites/invocations/sources.ts';
import type { ComputeUnderTest } from '../support/functions-made.ts';

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

/** The same with a client for the queues beside the functions. The role must be allowed to receive from them. */
export async function withQueues(): Promise<SourcesUnderTest> {
  const under = await fromEnvironment();
  const sqs = new SQSClient({ region: under.client.config.region });
  return {
    ...under,
    sqs,
    async close() {
      sqs.destroy();
      await under.close();
    },
  };
}

import { SQSClient } from '@aws-sdk/client-sqs';
import { openQueuesTwin } from '../../support/queues-made.ts';
import { judged } from '../../tables/queues-contract.ts';
import { queuesConformance } from './queues.ts';

queuesConformance('twin', async () => {
  const twin = await openQueuesTwin();
  return { client: judged(twin.sqs), close: () => twin.close() };
});

const region = /^aws:(.+)$/.exec(process.env.UPSTACK_TEST_COMPUTE_URL ?? '')?.[1];
if (region !== undefined) {
  queuesConformance('AWS', async () => {
    const client = new SQSClient({ region });
    return { client, close: async () => client.destroy() };
  });
}

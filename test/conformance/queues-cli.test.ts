import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noCli, withAws } from './cli.ts';
import { REGION } from './compute-twin.ts';
import { openQueuesTwin } from './queues-support.ts';

test('the AWS CLI makes a queue, sends, receives and deletes', {
  skip: noCli(),
  timeout: 120_000,
}, async () => {
  await withAws(openQueuesTwin(), async (aws) => {
    const sqs = (...words: string[]) => aws('sqs', ...words);
    const { QueueUrl } = await sqs('create-queue', '--queue-name', 'orders', '--tags', 'team=cart');
    const queue = ['--queue-url', QueueUrl];
    assert.deepEqual((await sqs('list-queues')).QueueUrls, [QueueUrl]);
    const attribute = ['--message-attributes', '{"colour":{"DataType":"String","StringValue":"größer"}}'];
    const sent = await sqs('send-message', ...queue, '--message-body', 'Grüße', ...attribute);
    const all = ['--attribute-names', 'All', '--message-attribute-names', 'All', '--wait-time-seconds', '5'];
    const { Messages } = await sqs('receive-message', ...queue, ...all);
    const [message] = Messages;
    assert.deepEqual(
      [message.MessageId, message.Body, message.MessageAttributes.colour.StringValue, Messages.length],
      [sent.MessageId, 'Grüße', 'größer', 1],
    );
    const counts = await sqs('get-queue-attributes', ...queue, '--attribute-names', 'All');
    assert.equal(counts.Attributes.QueueArn, `arn:aws:sqs:${REGION}:000000000000:orders`);
    assert.equal(counts.Attributes.ApproximateNumberOfMessagesNotVisible, '1');
    await sqs('delete-message', ...queue, '--receipt-handle', message.ReceiptHandle);
    await sqs('delete-queue', ...queue);
    await assert.rejects(sqs('get-queue-url', '--queue-name', 'orders'), (error: { stderr: string }) => {
      const shown = /\(AWS\.SimpleQueueService\.NonExistentQueue\) when calling the GetQueueUrl operation/;
      assert.match(error.stderr, shown);
      return true;
    });
  });
});

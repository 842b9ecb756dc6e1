import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { noCli, withAws } from '../../clients/cli.ts';
import { zipOf } from '../../support/functions-made.ts';
import { openQueuesTwin } from '../../support/queues-made.ts';
import { REGION, ROLE } from '../../support/twin.ts';

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

test('the AWS CLI has a function process a queue', { skip: noCli(), timeout: 120_000 }, async () => {
  await withAws(openQueuesTwin(), async (aws, directory) => {
    const zip = join(directory, 'code.zip');
    await writeFile(zip, zipOf({ 'index.js': 'exports.handler = async () => 1;' }));
    const cart = ['--function-name', 'cart'];
    const code = ['--runtime', 'nodejs22.x', '--handler', 'index.handler', '--zip-file', `fileb://${zip}`];
    await aws('lambda', 'create-function', ...cart, '--role', ROLE, ...code);
    const { QueueUrl } = await aws('sqs', 'create-queue', '--queue-name', 'orders');
    const source = ['--event-source-arn', `arn:aws:sqs:${REGION}:000000000000:orders`];
    const batch = ['--batch-size', '50', '--maximum-batching-window-in-seconds', '1'];
    const made = await aws('lambda', 'create-event-source-mapping', ...cart, ...source, ...batch);
    assert.deepEqual([made.State, made.BatchSize], ['Creating', 50]);
    const uuid = ['--uuid', made.UUID];
    await aws('sqs', 'send-message', '--queue-url', QueueUrl, '--message-body', 'an order');
    const counted = ['--queue-url', QueueUrl, '--attribute-names', 'All'];
    for (let left = 1; left > 0; ) {
      const { Attributes } = await aws('sqs', 'get-queue-attributes', ...counted);
      left = Number(Attributes.ApproximateNumberOfMessages);
      left += Number(Attributes.ApproximateNumberOfMessagesNotVisible);
    }
    const filter = [
      '--filter-criteria',
      '{"Filters":[{"Pattern":"{\\"body\\":[{\\"prefix\\":\\"an\\"}]}"}]}',
    ];
    const changed = await aws('lambda', 'update-event-source-mapping', ...uuid, '--no-enabled', ...filter);
    assert.equal(changed.State, 'Disabling');
    const { EventSourceMappings } = await aws('lambda', 'list-event-source-mappings', ...cart);
    assert.deepEqual(
      EventSourceMappings.map((one: Record<string, unknown>) => [one.UUID, one.State, one.FilterCriteria]),
      [[made.UUID, 'Disabled', { Filters: [{ Pattern: '{"body":[{"prefix":"an"}]}' }] }]],
    );
    await aws('lambda', 'delete-event-source-mapping', ...uuid);
  });
});

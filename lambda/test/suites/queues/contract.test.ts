import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import * as sdk from '@aws-sdk/client-sqs';
import { SQS_OPERATIONS } from '../../../sqs/api/sqs-api.ts';
import { refused } from '../../support/functions-made.ts';
import { openQueuesTwin, type QueuesTwin, sqsClient } from '../../support/queues-made.ts';
import { REGION } from '../../support/twin.ts';
import { observe, type SqsAnswer, sqsFaultsOf } from '../../tables/queues-contract.ts';

let twin: QueuesTwin;
let QueueUrl: string;
let nowhere: { QueueUrl: string };
const answers: SqsAnswer[] = [];
before(async () => {
  twin = await openQueuesTwin();
  observe(twin.sqs, (answer) => answers.push(answer));
  QueueUrl = `${twin.endpoint}/000000000000/cart`;
  nowhere = { QueueUrl: `${twin.endpoint}/000000000000/nowhere` };
});
after(() => twin.close());

const send = (command: { input: object }) => twin.sqs.send(command as sdk.SendMessageCommand);
const all = SQS_OPERATIONS.map(({ name }) => name).sort();

function assertNoFaults(): void {
  assert.deepEqual([...new Set(answers.map(({ operation }) => operation))].sort(), all);
  const faults = answers
    .map((answer) => [answer.operation, ...sqsFaultsOf(answer)])
    .filter(({ length }) => length > 1);
  assert.deepEqual(faults, []);
}

test('every operation answers with what the model of AWS declares', async () => {
  answers.length = 0;
  const deadLetterTargetArn = `arn:aws:sqs:${REGION}:000000000000:dead`;
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 3 });
  await send(new sdk.CreateQueueCommand({ QueueName: 'dead' }));
  await send(new sdk.CreateQueueCommand({ QueueName: 'cart', tags: { team: 'cart' } }));
  await send(new sdk.SetQueueAttributesCommand({ QueueUrl, Attributes: { RedrivePolicy } }));
  await send(new sdk.GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
  await send(new sdk.GetQueueUrlCommand({ QueueName: 'cart' }));
  await send(new sdk.ListQueuesCommand({ MaxResults: 1 }));
  await send(new sdk.ListDeadLetterSourceQueuesCommand({ QueueUrl: `${twin.endpoint}/000000000000/dead` }));
  await send(new sdk.TagQueueCommand({ QueueUrl, Tags: { stage: 'test' } }));
  await send(new sdk.ListQueueTagsCommand({ QueueUrl }));
  await send(new sdk.UntagQueueCommand({ QueueUrl, TagKeys: ['stage'] }));
  const MessageAttributes = { a: { DataType: 'String', StringValue: 'x' } };
  await send(new sdk.SendMessageCommand({ QueueUrl, MessageBody: 'one', MessageAttributes }));
  const entries = [
    { Id: 'a', MessageBody: 'two' },
    { Id: 'b', MessageBody: '\u0001' },
  ];
  await send(new sdk.SendMessageBatchCommand({ QueueUrl, Entries: entries }));
  const everything = { MessageAttributeNames: ['All'], MessageSystemAttributeNames: ['All' as const] };
  const input = { QueueUrl, MaxNumberOfMessages: 10, ...everything };
  const { Messages = [] } = await twin.sqs.send(new sdk.ReceiveMessageCommand(input));
  const [ReceiptHandle, another] = Messages.map((message) => message.ReceiptHandle);
  await send(new sdk.ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 60 }));
  const batch = [
    { Id: 'a', ReceiptHandle: another, VisibilityTimeout: 60 },
    { Id: 'b', ReceiptHandle: 'none', VisibilityTimeout: 60 },
  ];
  await send(new sdk.ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries: batch }));
  await send(new sdk.DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  await send(new sdk.DeleteMessageBatchCommand({ QueueUrl, Entries: batch }));
  await send(new sdk.ReceiveMessageCommand({ QueueUrl }));
  await send(new sdk.PurgeQueueCommand({ QueueUrl }));
  await send(new sdk.DeleteQueueCommand({ QueueUrl }));
  assertNoFaults();
});

test('every operation refuses with an error that the model of AWS declares', async () => {
  answers.length = 0;
  const handle = { ReceiptHandle: 'x' };
  const Entries = [{ Id: 'a', ...handle }];
  for (const command of [
    new sdk.CreateQueueCommand({ QueueName: 'cart', Attributes: { VisibilityTimeout: 'x' } }),
    new sdk.CreateQueueCommand({ QueueName: 'cart.fifo', Attributes: { FifoQueue: 'true' } }),
    new sdk.SetQueueAttributesCommand({ ...nowhere, Attributes: { DelaySeconds: '1' } }),
    new sdk.GetQueueAttributesCommand({ ...nowhere, AttributeNames: ['All'] }),
    new sdk.GetQueueUrlCommand({ QueueName: 'nowhere' }),
    new sdk.ListQueuesCommand({ MaxResults: 1_001 }),
    new sdk.ListDeadLetterSourceQueuesCommand(nowhere),
    new sdk.TagQueueCommand({ ...nowhere, Tags: {} }),
    new sdk.ListQueueTagsCommand(nowhere),
    new sdk.UntagQueueCommand({ ...nowhere, TagKeys: [] }),
    new sdk.SendMessageCommand({ ...nowhere, MessageBody: 'x' }),
    new sdk.SendMessageBatchCommand({ ...nowhere, Entries: [{ Id: 'a', MessageBody: 'x' }] }),
    new sdk.ReceiveMessageCommand(nowhere),
    new sdk.ChangeMessageVisibilityCommand({ ...nowhere, ...handle, VisibilityTimeout: 1 }),
    new sdk.ChangeMessageVisibilityBatchCommand({ ...nowhere, Entries }),
    new sdk.DeleteMessageCommand({ ...nowhere, ...handle }),
    new sdk.DeleteMessageBatchCommand({ ...nowhere, Entries }),
    new sdk.PurgeQueueCommand(nowhere),
    new sdk.DeleteQueueCommand(nowhere),
  ]) {
    await assert.rejects(send(command), command.constructor.name);
  }
  assertNoFaults();
});

test('the judge would notice a wrong answer', () => {
  const judge = (operation: string, status: number, body: object, error = '') =>
    sqsFaultsOf({
      operation,
      status,
      headers: {
        'x-amzn-requestid': 'r',
        'content-type': 'application/x-amz-json-1.0',
        'x-amzn-query-error': error,
      },
      body: JSON.stringify(body),
    });
  assert.deepEqual(judge('SendMessageBatch', 200, { Successful: [{ Id: 1 }], Extra: 1 }), [
    '.Failed is missing',
    '.Successful[0].MessageId is missing',
    '.Successful[0].MD5OfMessageBody is missing',
    '.Successful[0].Id is no string',
    '.Extra is not in the model',
  ]);
  assert.deepEqual(
    judge('GetQueueUrl', 400, { __type: 'a#PurgeQueueInProgress', message: 'x' }, 'b;Sender'),
    ['GetQueueUrl declares no error PurgeQueueInProgress', 'PurgeQueueInProgress with b;Sender'],
  );
  assert.deepEqual(judge('DeleteQueue', 200, {}), ['a body where there is none']);
});

test('what is not there yet, or was signed with another key, is refused', async () => {
  const move = new sdk.StartMessageMoveTaskCommand({ SourceArn: `arn:aws:sqs:${REGION}:000000000000:dead` });
  await assert.rejects(send(move), { name: 'UnsupportedOperation' });
  const stranger = sqsClient(twin.endpoint);
  stranger.config.credentials = async () => ({ accessKeyId: 'AKIA', secretAccessKey: 'no' });
  const listing = stranger.send(new sdk.ListQueuesCommand({}));
  await refused(listing, 'UnrecognizedClientException', 403);
  stranger.destroy();
});

test('a receiver that leaves ends its waiting, and the message is left for others', async () => {
  await send(new sdk.CreateQueueCommand({ QueueName: 'left' }));
  const left = `${twin.endpoint}/000000000000/left`;
  const leaving = new AbortController();
  const input = { QueueUrl: left, WaitTimeSeconds: 20 };
  const waiting = twin.sqs.send(new sdk.ReceiveMessageCommand(input), { abortSignal: leaving.signal });
  const settled = assert.rejects(waiting, { name: 'AbortError' });
  await send(new sdk.GetQueueUrlCommand({ QueueName: 'left' }));
  leaving.abort();
  await settled;
  // The twin is in this process: its turn to see the connection end comes within this time.
  await pause(100);
  await send(new sdk.SendMessageCommand({ QueueUrl: left, MessageBody: 'stays' }));
  const { Messages } = await twin.sqs.send(new sdk.ReceiveMessageCommand(input));
  assert.equal(Messages?.[0]?.Body, 'stays');
});

test('a request above the limit is refused before it is understood', async () => {
  const status = await new Promise((resolve, reject) => {
    const headers = { 'x-amz-target': 'AmazonSQS.SendMessage' };
    const sending = request(twin.endpoint, { method: 'POST', headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sending.on('error', reject);
    sending.end(Buffer.alloc(9_000_000, 'x'));
  });
  assert.equal(status, 413);
});

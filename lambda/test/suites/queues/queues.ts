import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import * as sdk from '@aws-sdk/client-sqs';
import { refused } from '../../support/functions-made.ts';
import { QueuesMade, type QueuesUnderTest, receiveAll, sendAll } from '../../support/queues-made.ts';

/** What every engine's queues must do, judged with the official SDK client, which checks the MD5 of every body. */
export function queuesConformance(engine: string, open: () => Promise<QueuesUnderTest>): void {
  describe(`queues: ${engine}`, () => {
    let under: QueuesUnderTest;
    let client: sdk.SQSClient;
    let made: QueuesMade;

    before(async () => {
      under = await open();
      ({ client } = under);
      made = new QueuesMade(client);
    });
    after(async () => {
      await made.delete();
      await under.close();
    });

    const attributes = async (QueueUrl: string, ...AttributeNames: sdk.QueueAttributeName[]) =>
      (await client.send(new sdk.GetQueueAttributesCommand({ QueueUrl, AttributeNames }))).Attributes;
    const nameOf = (url: string) => url.split('/').at(-1) ?? '';

    test('a queue is created once, found, listed, changed and deleted', async () => {
      const QueueUrl = await made.make({ VisibilityTimeout: '7' });
      const QueueName = nameOf(QueueUrl);
      assert.equal(await made.make({ VisibilityTimeout: '7' }, QueueName), QueueUrl);
      await refused(made.make({ VisibilityTimeout: '8' }, QueueName), 'QueueNameExists', 400);
      assert.equal((await client.send(new sdk.GetQueueUrlCommand({ QueueName }))).QueueUrl, QueueUrl);
      const found = await client.send(new sdk.ListQueuesCommand({ QueueNamePrefix: QueueName.slice(0, -3) }));
      assert.deepEqual(found.QueueUrls, [QueueUrl]);
      await client.send(
        new sdk.SetQueueAttributesCommand({
          QueueUrl,
          Attributes: { DelaySeconds: '3', VisibilityTimeout: '9' },
        }),
      );
      const all = await attributes(QueueUrl, 'All');
      assert.deepEqual(
        [
          all?.DelaySeconds,
          all?.VisibilityTimeout,
          all?.MessageRetentionPeriod,
          all?.ApproximateNumberOfMessages,
        ],
        ['3', '9', '345600', '0'],
      );
      assert.match(all?.QueueArn ?? '', new RegExp(`^arn:aws:sqs:[^:]+:\\d{12}:${QueueName}$`));
      assert.deepEqual(await attributes(QueueUrl, 'DelaySeconds'), { DelaySeconds: '3' });
      await client.send(new sdk.DeleteQueueCommand({ QueueUrl }));
      await refused(attributes(QueueUrl, 'All'), 'QueueDoesNotExist', 400);
    });

    test('lists come in pages', async () => {
      const prefix = `upstack-page-${process.pid}-${Date.now()}`;
      const urls = [];
      for (const letter of 'abc') urls.push(await made.make({}, `${prefix}-${letter}`));
      const listed: string[] = [];
      let NextToken: string | undefined;
      do {
        const input = { QueueNamePrefix: prefix, MaxResults: 2, NextToken };
        const page = await client.send(new sdk.ListQueuesCommand(input));
        assert.ok((page.QueueUrls?.length ?? 0) <= 2);
        listed.push(...(page.QueueUrls ?? []));
        ({ NextToken } = page);
      } while (NextToken !== undefined);
      assert.deepEqual(listed.sort(), urls);
    });

    test('a message comes with its attributes, their MD5, and what the queue knows of it', async () => {
      const QueueUrl = await made.make();
      const MessageAttributes = {
        'my.colour': { DataType: 'String.rgb', StringValue: 'größer 🎉' },
        'my.size': { DataType: 'Number', StringValue: '-1.5e3' },
        raw: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 255, 7]) },
      };
      const trace = { DataType: 'String' as const, StringValue: 'Root=1-5759e988-bd862e3fe1be46a994272793' };
      const sent = await client.send(
        new sdk.SendMessageCommand({
          QueueUrl,
          MessageBody: '{"order": "größer 🎉"}',
          MessageAttributes,
          MessageSystemAttributes: { AWSTraceHeader: trace },
        }),
      );
      // The digests of these attributes by the algorithm of the developer guide, computed apart from this project.
      assert.equal(sent.MD5OfMessageAttributes, 'ca51d954ad3cd9261025c1a9cd469e6c');
      const asked = { MessageSystemAttributeNames: ['All' as const], VisibilityTimeout: 0 };
      const [message] = await receiveAll(client, QueueUrl, 1, { ...asked, MessageAttributeNames: ['All'] });
      assert.equal(message?.Body, '{"order": "größer 🎉"}');
      assert.equal(message.MessageId, sent.MessageId);
      assert.equal(message.MD5OfMessageAttributes, sent.MD5OfMessageAttributes);
      assert.deepEqual(message.MessageAttributes, MessageAttributes);
      assert.equal(message.Attributes?.ApproximateReceiveCount, '1');
      assert.equal(message.Attributes.AWSTraceHeader, trace.StringValue);
      assert.ok(Math.abs(Number(message.Attributes.SentTimestamp) - Date.now()) < 60_000);
      const [some] = await receiveAll(client, QueueUrl, 1, { ...asked, MessageAttributeNames: ['my.*'] });
      assert.deepEqual(Object.keys(some?.MessageAttributes ?? {}).sort(), ['my.colour', 'my.size']);
      const [none] = await receiveAll(client, QueueUrl, 1);
      assert.deepEqual([none?.Attributes, none?.MessageAttributes], [undefined, undefined]);
    });

    test('ten sent in a batch are received once each, and deleted in a batch', async () => {
      const QueueUrl = await made.make();
      const bodies = Array.from({ length: 10 }, (_, i) => `message ${i}`);
      await sendAll(client, QueueUrl, bodies);
      const messages = await receiveAll(client, QueueUrl, 10);
      assert.deepEqual(messages.map(({ Body }) => Body).sort(), bodies);
      const Entries = messages.map(({ ReceiptHandle }, i) => ({ Id: `m${i}`, ReceiptHandle }));
      const deleted = await client.send(
        new sdk.DeleteMessageBatchCommand({
          QueueUrl,
          Entries: [...Entries.slice(0, 9), { Id: 'bad', ReceiptHandle: 'no handle' }],
        }),
      );
      assert.equal(deleted.Successful?.length, 9);
      assert.deepEqual(
        deleted.Failed?.map(({ Id, Code, SenderFault }) => [Id, Code, SenderFault]),
        [['bad', 'ReceiptHandleIsInvalid', true]],
      );
    });

    test('visibility is changed one by one and in a batch, by who holds the message', async () => {
      const QueueUrl = await made.make({ VisibilityTimeout: '600' });
      await sendAll(client, QueueUrl, ['a', 'b']);
      const held = await receiveAll(client, QueueUrl, 2);
      const Entries = held.map(({ ReceiptHandle }, i) => ({
        Id: `${i}`,
        ReceiptHandle,
        VisibilityTimeout: 0,
      }));
      const batch = { QueueUrl, Entries };
      const changed = await client.send(new sdk.ChangeMessageVisibilityBatchCommand(batch));
      assert.equal(changed.Successful?.length, 2);
      const again = await receiveAll(client, QueueUrl, 2);
      const { ReceiptHandle } = again[0] ?? {};
      const change = (handle: string | undefined, VisibilityTimeout: number) => {
        const input = { QueueUrl, ReceiptHandle: handle, VisibilityTimeout };
        return client.send(new sdk.ChangeMessageVisibilityCommand(input));
      };
      await change(ReceiptHandle, 0);
      assert.equal((await receiveAll(client, QueueUrl, 1)).length, 1);
      await refused(change('no handle', 0), 'ReceiptHandleIsInvalid', 404);
      await refused(change(ReceiptHandle, 43_201), 'InvalidParameterValue', 400, /43201/);
    });

    test('what was received too often is in the dead-letter queue, which knows its sources', async () => {
      const dead = await made.make();
      const { QueueArn: deadLetterTargetArn } = (await attributes(dead, 'QueueArn')) ?? {};
      const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 2 });
      const QueueUrl = await made.make({ RedrivePolicy, VisibilityTimeout: '0' });
      assert.deepEqual(
        JSON.parse((await attributes(QueueUrl, 'RedrivePolicy'))?.RedrivePolicy ?? ''),
        JSON.parse(RedrivePolicy),
      );
      const sources = await client.send(new sdk.ListDeadLetterSourceQueuesCommand({ QueueUrl: dead }));
      assert.deepEqual(sources.queueUrls, [QueueUrl]);
      await sendAll(client, QueueUrl, ['poison']);
      await receiveAll(client, QueueUrl, 2, { MaxNumberOfMessages: 1 });
      assert.deepEqual(await receiveAll(client, QueueUrl, 1, { WaitTimeSeconds: 0 }), []);
      const [moved] = await receiveAll(client, dead, 1, { MessageSystemAttributeNames: ['All'] });
      assert.equal(moved?.Body, 'poison');
      const { QueueArn } = (await attributes(QueueUrl, 'QueueArn')) ?? {};
      assert.equal(moved.Attributes?.DeadLetterQueueSourceArn, QueueArn);
      const gone = JSON.stringify({ deadLetterTargetArn: `${deadLetterTargetArn}-not`, maxReceiveCount: 2 });
      await refused(made.make({ RedrivePolicy: gone }), 'InvalidParameterValue', 400, /does not exist/);
    });

    test('who waits gets a message the moment it is sent', async () => {
      const QueueUrl = await made.make({ ReceiveMessageWaitTimeSeconds: '20' });
      const waiting = client.send(new sdk.ReceiveMessageCommand({ QueueUrl }));
      await sendAll(client, QueueUrl, ['now']);
      const { Messages } = await waiting;
      assert.equal(Messages?.[0]?.Body, 'now');
    });

    test('a queue is purged, and not again at once', async () => {
      const QueueUrl = await made.make();
      await sendAll(client, QueueUrl, ['a', 'b']);
      const purge = () => client.send(new sdk.PurgeQueueCommand({ QueueUrl }));
      await purge();
      await refused(purge(), 'PurgeQueueInProgress', 403);
    });

    test('tags are added, replaced, removed and listed', async () => {
      const QueueUrl = await made.make();
      const tags = async () => (await client.send(new sdk.ListQueueTagsCommand({ QueueUrl }))).Tags;
      assert.equal(await tags(), undefined);
      await client.send(new sdk.TagQueueCommand({ QueueUrl, Tags: { team: 'checkout', stage: 'test' } }));
      await client.send(new sdk.TagQueueCommand({ QueueUrl, Tags: { team: 'cart' } }));
      assert.deepEqual(await tags(), { team: 'cart', stage: 'test' });
      await client.send(new sdk.UntagQueueCommand({ QueueUrl, TagKeys: ['stage', 'not there'] }));
      assert.deepEqual(await tags(), { team: 'cart' });
    });

    test('what is out of range is refused with the error that AWS has for it', async () => {
      const QueueUrl = await made.make();
      const set = (Attributes: Record<string, string>) =>
        client.send(new sdk.SetQueueAttributesCommand({ QueueUrl, Attributes }));
      for (const [name, value] of [
        ['DelaySeconds', '901'],
        ['VisibilityTimeout', '43201'],
        ['MessageRetentionPeriod', '59'],
        ['MaximumMessageSize', '1023'],
        ['ReceiveMessageWaitTimeSeconds', '21'],
        ['DelaySeconds', 'soon'],
      ] as const) {
        await refused(set({ [name]: value }), 'InvalidAttributeValue', 400, new RegExp(name));
      }
      await refused(set({ Colour: 'green' }), 'InvalidAttributeName', 400, /Colour/);
      await refused(made.make({}, 'no name'), 'InvalidParameterValue', 400);
      const receive = (more: Partial<sdk.ReceiveMessageCommandInput>) =>
        client.send(new sdk.ReceiveMessageCommand({ QueueUrl, ...more }));
      for (const more of [{ MaxNumberOfMessages: 11 }, { MaxNumberOfMessages: 0 }, { WaitTimeSeconds: 21 }]) {
        await refused(receive(more), 'InvalidParameterValue', 400);
      }
      const send = (MessageBody: string, more: Partial<sdk.SendMessageCommandInput> = {}) =>
        client.send(new sdk.SendMessageCommand({ QueueUrl, MessageBody, ...more }));
      await refused(send('a', { DelaySeconds: 901 }), 'InvalidParameterValue', 400, /901/);
      await refused(send('a\u0000b'), 'InvalidMessageContents', 400);
      await refused(send(''), 'MissingParameter', 400, /MessageBody/);
      await refused(send('x'.repeat(1_048_577)), 'InvalidParameterValue', 400, /1048576/);
      await set({ MaximumMessageSize: '1024' });
      await send('x'.repeat(1_024));
      await refused(send('x'.repeat(1_025)), 'InvalidParameterValue', 400, /1024/);
      const many = Object.fromEntries(
        Array.from({ length: 11 }, (_, i) => [`a${i}`, { DataType: 'Number', StringValue: '1' }]),
      );
      for (const MessageAttributes of [
        many,
        { a: { DataType: 'Number', StringValue: 'one' } },
        { a: { DataType: 'Colour', StringValue: 'red' } },
        { a: { DataType: 'String', StringValue: '' } },
        { '.a': { DataType: 'String', StringValue: 'x' } },
      ]) {
        await refused(send('a', { MessageAttributes }), 'InvalidParameterValue', 400);
      }
    });

    test('a batch that is no batch is refused as a whole', async () => {
      const QueueUrl = await made.make();
      const send = (Entries: sdk.SendMessageBatchRequestEntry[]) =>
        client.send(new sdk.SendMessageBatchCommand({ QueueUrl, Entries }));
      const entry = (Id: string, MessageBody = 'x') => ({ Id, MessageBody });
      await refused(send([]), 'EmptyBatchRequest', 400);
      const eleven = Array.from({ length: 11 }, (_, i) => entry(`${i}`));
      await refused(send(eleven), 'TooManyEntriesInBatchRequest', 400);
      await refused(send([entry('a'), entry('a')]), 'BatchEntryIdsNotDistinct', 400);
      await refused(send([entry('no id')]), 'InvalidBatchEntryId', 400);
      const large = [entry('a', 'x'.repeat(600_000)), entry('b', 'x'.repeat(600_000))];
      await refused(send(large), 'BatchRequestTooLong', 400);
      const mixed = await send([entry('bad', 'a\u0001'), entry('good')]);
      assert.deepEqual(
        [mixed.Failed?.map(({ Id, Code }) => [Id, Code]), mixed.Successful?.map(({ Id }) => Id)],
        [[['bad', 'InvalidMessageContents']], ['good']],
      );
    });

    test('a queue that is not there is told from an address that is none', async () => {
      const QueueUrl = await made.make();
      const send = (url: string) =>
        client.send(new sdk.SendMessageCommand({ QueueUrl: url, MessageBody: 'x' }));
      await refused(send(`${QueueUrl}-not`), 'QueueDoesNotExist', 400);
      const QueueName = `${nameOf(QueueUrl)}-not`;
      await refused(client.send(new sdk.GetQueueUrlCommand({ QueueName })), 'QueueDoesNotExist', 400);
    });
  });
}

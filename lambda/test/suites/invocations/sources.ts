import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import * as sdk from '@aws-sdk/client-lambda';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { GetQueueAttributesCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { type ComputeUnderTest, FunctionsMade, refused } from '../../support/functions-made.ts';
import { QueuesMade } from '../../support/queues-made.ts';

export interface SourcesUnderTest extends ComputeUnderTest {
  sqs: SQSClient;
}

/** What every compute engine must do with event source mappings of queues, judged with the official SDK clients. */
export function sourceConformance(engine: string, open: () => Promise<SourcesUnderTest>): void {
  describe(`event source mappings: ${engine}`, () => {
    let under: SourcesUnderTest;
    let functions: FunctionsMade;
    let queues: QueuesMade;
    let FunctionName: string;
    const made: string[] = [];

    before(async () => {
      under = await open();
      functions = new FunctionsMade(under);
      queues = new QueuesMade(under.sqs);
      FunctionName = await functions.make('exports.handler = async () => 1;');
    });
    after(async () => {
      for (const UUID of made) await remove(UUID).catch(() => {});
      await queues.delete();
      await functions.delete();
      await under.close();
    });

    const newQueue = async (): Promise<string> => {
      const input = { QueueUrl: await queues.make(), AttributeNames: ['QueueArn' as const] };
      const { Attributes } = await under.sqs.send(new GetQueueAttributesCommand(input));
      return Attributes?.QueueArn ?? '';
    };
    const create = async (more: Partial<sdk.CreateEventSourceMappingCommandInput> = {}) => {
      const input = { FunctionName, EventSourceArn: more.EventSourceArn ?? (await newQueue()), ...more };
      const mapping = await under.client.send(new sdk.CreateEventSourceMappingCommand(input));
      made.push(mapping.UUID ?? '');
      return mapping;
    };
    const get = (UUID: string | undefined) =>
      under.client.send(new sdk.GetEventSourceMappingCommand({ UUID }));
    const update = (input: sdk.UpdateEventSourceMappingCommandInput) =>
      under.client.send(new sdk.UpdateEventSourceMappingCommand(input));
    const remove = (UUID: string | undefined) =>
      under.client.send(new sdk.DeleteEventSourceMappingCommand({ UUID }));
    /** Waits until the mapping has come to rest. */
    const settled = async (UUID: string | undefined) => {
      for (;;) {
        const mapping = await get(UUID);
        if (['Enabled', 'Disabled'].includes(mapping.State ?? '')) return mapping;
        await new Promise((resolve) => setTimeout(resolve, 1_000));
      }
    };

    test('a mapping is created with the defaults of a queue', async () => {
      const EventSourceArn = await newQueue();
      const before = Date.now();
      const { $metadata, ...created } = await create({ EventSourceArn });
      assert.equal($metadata.httpStatusCode, 202);
      const { UUID, EventSourceMappingArn, FunctionArn, LastModified, ...rest } = created;
      assert.deepEqual(rest, {
        EventSourceArn,
        BatchSize: 10,
        MaximumBatchingWindowInSeconds: 0,
        FunctionResponseTypes: [],
        State: 'Creating',
        StateTransitionReason: 'USER_INITIATED',
      });
      assert.match(UUID ?? '', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      assert.match(EventSourceMappingArn ?? '', /^arn:aws:lambda:[^:]+:\d{12}:event-source-mapping:/);
      assert.ok(EventSourceMappingArn?.endsWith(`:${UUID}`));
      assert.match(FunctionArn ?? '', new RegExp(`:function:${FunctionName}$`));
      assert.ok(Math.abs((LastModified?.getTime() ?? 0) - before) < 60_000);
      const { $metadata: _, ...shown } = await settled(UUID);
      assert.deepEqual(shown, { ...created, State: 'Enabled' });
    });

    test('what it is set to is kept, changed and taken away', async () => {
      const FilterCriteria = { Filters: [{ Pattern: '{"body": {"colour": ["green"]}}' }] };
      const { UUID } = await create({
        Enabled: false,
        BatchSize: 100,
        MaximumBatchingWindowInSeconds: 5,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: 7 },
        FilterCriteria,
      });
      const first = await settled(UUID);
      assert.deepEqual(
        [first.State, first.BatchSize, first.MaximumBatchingWindowInSeconds, first.FunctionResponseTypes],
        ['Disabled', 100, 5, ['ReportBatchItemFailures']],
      );
      assert.deepEqual(first.ScalingConfig, { MaximumConcurrency: 7 });
      assert.deepEqual(first.FilterCriteria, FilterCriteria);
      const changes = { BatchSize: 3, MaximumBatchingWindowInSeconds: 0, FunctionResponseTypes: [] };
      const changed = await update({
        UUID,
        Enabled: true,
        ScalingConfig: {},
        FilterCriteria: {},
        ...changes,
      });
      assert.equal(changed.State, 'Enabling');
      const second = await settled(UUID);
      assert.deepEqual(
        [second.State, second.BatchSize, second.FunctionResponseTypes, second.ScalingConfig],
        ['Enabled', 3, [], undefined],
      );
      assert.equal(second.FilterCriteria, undefined);
      assert.equal((await update({ UUID, Enabled: false })).State, 'Disabling');
      await settled(UUID);
      const gone = await remove(UUID);
      assert.deepEqual([gone.State, gone.$metadata.httpStatusCode], ['Deleting', 202]);
    });

    test('mappings are listed by queue and by function, in pages', async () => {
      const arns = [await newQueue(), await newQueue(), await newQueue()];
      const other = await functions.make('exports.handler = async () => 2;');
      const ids = [];
      for (const EventSourceArn of arns)
        ids.push((await create({ EventSourceArn, FunctionName: other })).UUID);
      const list = (input: sdk.ListEventSourceMappingsCommandInput) =>
        under.client.send(new sdk.ListEventSourceMappingsCommand(input));
      const byQueue = await list({ EventSourceArn: arns[1] });
      assert.deepEqual(
        byQueue.EventSourceMappings?.map(({ UUID }) => UUID),
        [ids[1]],
      );
      const listed = [];
      let Marker: string | undefined;
      do {
        const page = await list({ FunctionName: other, MaxItems: 2, ...(Marker && { Marker }) });
        listed.push(...(page.EventSourceMappings ?? []));
        Marker = page.NextMarker;
      } while (Marker);
      assert.deepEqual(listed.map(({ UUID }) => UUID).sort(), ids.sort());
      assert.deepEqual(
        (await list({ FunctionName: other, EventSourceArn: arns[0] })).EventSourceMappings?.length,
        1,
      );
    });

    test('one function and one queue have one mapping', async () => {
      const EventSourceArn = await newQueue();
      const { UUID } = await create({ EventSourceArn });
      await refused(
        create({ EventSourceArn }),
        'ResourceConflictException',
        409,
        new RegExp(`delete the existing mapping with UUID ${UUID}$`),
      );
    });

    test('what AWS would not take is refused', async () => {
      const EventSourceArn = await newQueue();
      const bad = async (more: Partial<sdk.CreateEventSourceMappingCommandInput>, reason = /./) => {
        const creating = create({ EventSourceArn, ...more });
        await refused(creating, 'InvalidParameterValueException', 400, reason);
      };
      await bad({ BatchSize: 0 });
      await bad({ BatchSize: 10_001, MaximumBatchingWindowInSeconds: 1 });
      await bad({ BatchSize: 11 }, /window/);
      await bad({ MaximumBatchingWindowInSeconds: 301 });
      await bad({ ScalingConfig: { MaximumConcurrency: 1 } });
      await bad({ ScalingConfig: { MaximumConcurrency: 1_001 } });
      await bad({ FilterCriteria: { Filters: [{ Pattern: '{"body": "green"}' }] } }, /pattern/);
      await bad({ FunctionName: `${FunctionName}-not` }, /does not exist/);
      await bad({ EventSourceArn: `${EventSourceArn}-not` }, /NonExistentQueue/);
    });

    test('a queue that hides messages for a shorter time than the function runs is refused', async () => {
      const QueueUrl = await queues.make();
      const Attributes = { VisibilityTimeout: '2' };
      await under.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
      const input = { QueueUrl, AttributeNames: ['QueueArn' as const] };
      const found = await under.sqs.send(new GetQueueAttributesCommand(input));
      await refused(
        create({ EventSourceArn: found.Attributes?.QueueArn }),
        'InvalidParameterValueException',
        400,
        /Queue visibility timeout: 2 seconds is less than Function timeout: 3 seconds/,
      );
    });

    test('a mapping that is not there is not found', async () => {
      const UUID = '00000000-0000-4000-8000-000000000000';
      for (const send of [get, remove, (id: string) => update({ UUID: id, BatchSize: 1 })]) {
        await refused(send(UUID), 'ResourceNotFoundException', 404, /does not exist/);
      }
    });
  });
}

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  CreateAliasCommand,
  DeleteAliasCommand,
  DeleteFunctionCommand,
  DeleteFunctionEventInvokeConfigCommand,
  GetFunctionConfigurationCommand,
  GetFunctionEventInvokeConfigCommand,
  InvokeAsyncCommand,
  InvokeCommand,
  InvokeWithResponseStreamCommand,
  ListFunctionEventInvokeConfigsCommand,
  PublishVersionCommand,
  PutFunctionEventInvokeConfigCommand,
  paginateListFunctionEventInvokeConfigs,
  UpdateFunctionConfigurationCommand,
  UpdateFunctionEventInvokeConfigCommand,
} from '@aws-sdk/client-lambda';
import { type ComputeUnderTest, FunctionsMade, refused } from '../../support/functions-made.ts';

/** What every compute engine must do with events and their configurations, judged with the official SDK client. */
export function eventConformance(engine: string, open: () => Promise<ComputeUnderTest>): void {
  describe(`events: ${engine}`, () => {
    let under: ComputeUnderTest;
    let made: FunctionsMade;
    let FunctionName: string;

    before(async () => {
      under = await open();
      made = new FunctionsMade(under);
      FunctionName = await made.make('exports.handler = async () => 1;', { Publish: true });
      await under.client.send(new CreateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: '1' }));
    });
    after(async () => {
      await made.delete();
      await under.close();
    });

    const invoke = (Payload: Uint8Array | undefined, more: object = {}) =>
      under.client.send(
        new InvokeCommand({ FunctionName, InvocationType: 'Event', ...(Payload && { Payload }), ...more }),
      );
    const put = (settings: object, Qualifier?: string) =>
      under.client.send(
        new PutFunctionEventInvokeConfigCommand({
          FunctionName,
          ...settings,
          ...(Qualifier && { Qualifier }),
        }),
      );
    const update = (settings: object) =>
      under.client.send(new UpdateFunctionEventInvokeConfigCommand({ FunctionName, ...settings }));
    const get = (Qualifier?: string) =>
      under.client.send(
        new GetFunctionEventInvokeConfigCommand({ FunctionName, ...(Qualifier && { Qualifier }) }),
      );
    const remove = (Qualifier?: string) =>
      under.client.send(
        new DeleteFunctionEventInvokeConfigCommand({ FunctionName, ...(Qualifier && { Qualifier }) }),
      );

    test('an event is accepted with 202 and an id, and nothing else', async () => {
      for (const more of [{}, { Qualifier: 'live' }, { Qualifier: '1' }, { Qualifier: '$LATEST' }]) {
        const answer = await invoke(Buffer.from('{"a":1}'), more);
        assert.equal(answer.StatusCode, 202);
        assert.equal(answer.Payload?.length ?? 0, 0);
        assert.deepEqual([answer.FunctionError, answer.LogResult], [undefined, undefined]);
        assert.match(answer.$metadata.requestId ?? '', /^[0-9a-f-]{36}$/);
      }
      assert.equal((await invoke(undefined)).StatusCode, 202);
      const InvokeArgs = Buffer.from('{"a":1}');
      const old = await under.client.send(new InvokeAsyncCommand({ FunctionName, InvokeArgs }));
      assert.equal(old.Status, 202);
    });

    test('an event may be 1 MB and no more, and must be JSON', async () => {
      const payload = (bytes: number) => Buffer.from(`"${'x'.repeat(bytes - 2)}"`);
      assert.equal((await invoke(payload(1_048_576))).StatusCode, 202);
      await refused(invoke(payload(1_048_577)), 'RequestTooLargeException', 413, /1048577 byte payload/);
      await refused(invoke(Buffer.from('{"a":')), 'InvalidRequestContentException', 400);
      const InvokeArgs = Buffer.from('no');
      const old = under.client.send(new InvokeAsyncCommand({ FunctionName, InvokeArgs }));
      await refused(old, 'InvalidRequestContentException', 400);
    });

    test('an event for nobody is refused, and a stream cannot be one', async () => {
      await refused(invoke(undefined, { Qualifier: '7' }), 'ResourceNotFoundException', 404);
      await refused(invoke(undefined, { Qualifier: 'dead' }), 'ResourceNotFoundException', 404);
      const nobody = { FunctionName: `${FunctionName}-not`, InvokeArgs: Buffer.from('1') };
      await refused(under.client.send(new InvokeAsyncCommand(nobody)), 'ResourceNotFoundException', 404);
      const input = { FunctionName, InvocationType: 'Event' as 'DryRun' };
      const streamed = under.client.send(new InvokeWithResponseStreamCommand(input));
      await refused(streamed, 'InvalidParameterValueException', 400);
    });

    test('a configuration is put as a whole and updated in part', async () => {
      const first = await put({ MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 });
      assert.ok(first.FunctionArn?.endsWith(`:function:${FunctionName}:$LATEST`), first.FunctionArn);
      assert.ok(Math.abs((first.LastModified?.getTime() ?? 0) - Date.now()) < 300_000);
      assert.deepEqual(first.DestinationConfig, { OnSuccess: {}, OnFailure: {} });
      const { $metadata: _, ...shown } = await get();
      const { $metadata: __, ...answered } = first;
      assert.deepEqual(shown, answered);
      const updated = await update({ MaximumRetryAttempts: 1 });
      assert.deepEqual([updated.MaximumRetryAttempts, updated.MaximumEventAgeInSeconds], [1, 60]);
      assert.ok((updated.LastModified?.getTime() ?? 0) >= (first.LastModified?.getTime() ?? 0));
      const replaced = await put({ MaximumEventAgeInSeconds: 21_600 });
      assert.deepEqual(
        [replaced.MaximumRetryAttempts, replaced.MaximumEventAgeInSeconds],
        [undefined, 21_600],
      );
      assert.deepEqual(await get('$LATEST').then(({ MaximumEventAgeInSeconds: age }) => age), 21_600);
      await remove();
      await refused(get(), 'ResourceNotFoundException', 404, /doesn't have an EventInvokeConfig/);
      await refused(remove(), 'ResourceNotFoundException', 404);
      await refused(update({ MaximumRetryAttempts: 1 }), 'ResourceNotFoundException', 404);
    });

    test('functions are destinations, each given, kept and taken away by itself', async () => {
      const name = await made.make('exports.handler = async () => 1;');
      const { FunctionArn = '' } = await under.client.send(
        new GetFunctionConfigurationCommand({ FunctionName: name }),
      );
      const OnSuccess = { Destination: FunctionArn };
      const first = await put({ DestinationConfig: { OnSuccess } });
      assert.deepEqual(first.DestinationConfig, { OnSuccess, OnFailure: {} });
      const both = await update({ DestinationConfig: { OnFailure: { Destination: FunctionArn } } });
      assert.deepEqual(both.DestinationConfig, { OnSuccess, OnFailure: { Destination: FunctionArn } });
      const one = await update({ DestinationConfig: { OnSuccess: { Destination: '' } } });
      assert.deepEqual(one.DestinationConfig, { OnSuccess: {}, OnFailure: { Destination: FunctionArn } });
      const none = await put({ MaximumRetryAttempts: 1 });
      assert.deepEqual(none.DestinationConfig, { OnSuccess: {}, OnFailure: {} });
      const own = FunctionArn.replace(name, FunctionName);
      for (const Destination of ['no ARN', own, `${own}:live`, `${FunctionArn}-not`]) {
        const settings = { DestinationConfig: { OnFailure: { Destination } } };
        await refused(put(settings), 'InvalidParameterValueException', 400);
      }
      await remove();
    });

    test('a dead-letter queue must be a queue that is there', async () => {
      for (const TargetArn of ['no ARN', 'arn:aws:sqs:eu-west-1:000000000000:not-there']) {
        const change = new UpdateFunctionConfigurationCommand({
          FunctionName,
          DeadLetterConfig: { TargetArn },
        });
        await refused(
          under.client.send(change),
          'InvalidParameterValueException',
          400,
          /ARN|regular expression|SQS/,
        );
      }
      const without = { FunctionName, DeadLetterConfig: { TargetArn: '' } };
      const shown = await under.client.send(new UpdateFunctionConfigurationCommand(without));
      assert.equal(shown.DeadLetterConfig, undefined);
    });

    test('what a configuration may not say is refused', async () => {
      for (const settings of [
        {},
        { MaximumRetryAttempts: -1 },
        { MaximumRetryAttempts: 3 },
        { MaximumEventAgeInSeconds: 59 },
        { MaximumEventAgeInSeconds: 21_601 },
      ]) {
        await refused(put(settings), 'InvalidParameterValueException', 400);
        await refused(update(settings), 'InvalidParameterValueException', 400);
      }
      await refused(put({ MaximumRetryAttempts: 0 }, '7'), 'ResourceNotFoundException', 404);
    });

    test('function, version and alias have configurations of their own, which go with them', async () => {
      const { client } = under;
      await client.send(new UpdateFunctionConfigurationCommand({ FunctionName, Timeout: 7 }));
      const { Version: second = '' } = await client.send(new PublishVersionCommand({ FunctionName }));
      await client.send(new CreateAliasCommand({ FunctionName, Name: 'short', FunctionVersion: '1' }));
      const qualifiers = ['$LATEST', second, 'short'];
      for (const [i, qualifier] of qualifiers.entries()) {
        const { FunctionArn } = await put({ MaximumRetryAttempts: i }, qualifier);
        assert.ok(FunctionArn?.endsWith(`:${qualifier}`), FunctionArn);
      }
      await refused(get('1'), 'ResourceNotFoundException', 404);
      const retries = await Promise.all(qualifiers.map(get));
      assert.deepEqual(
        retries.map((config) => config.MaximumRetryAttempts),
        [0, 1, 2],
      );
      const seen: (string | undefined)[] = [];
      const paging = paginateListFunctionEventInvokeConfigs({ client, pageSize: 1 }, { FunctionName });
      for await (const { FunctionEventInvokeConfigs: configs = [] } of paging) {
        assert.ok(configs.length <= 1);
        seen.push(...configs.map(({ FunctionArn }) => FunctionArn?.split(':').at(-1)));
      }
      assert.deepEqual(seen.toSorted(), qualifiers.toSorted());
      await client.send(new DeleteAliasCommand({ FunctionName, Name: 'short' }));
      await client.send(new DeleteFunctionCommand({ FunctionName, Qualifier: second }));
      await client.send(new CreateAliasCommand({ FunctionName, Name: 'short', FunctionVersion: '1' }));
      await refused(get('short'), 'ResourceNotFoundException', 404);
      const left = await client.send(new ListFunctionEventInvokeConfigsCommand({ FunctionName }));
      assert.equal(left.FunctionEventInvokeConfigs?.length, 1);
    });
  });
}

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateAliasCommand,
  DeleteAliasCommand,
  DeleteFunctionConcurrencyCommand,
  DeleteProvisionedConcurrencyConfigCommand,
  GetAccountSettingsCommand,
  GetProvisionedConcurrencyConfigCommand,
  InvokeCommand,
  ListProvisionedConcurrencyConfigsCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  PutProvisionedConcurrencyConfigCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import { type ComputeUnderTest, FunctionsMade, json, refused, zipOf } from '../../support/functions-made.ts';

/** Takes a second to initialise, and says when it had, how it was started, and which version it is. */
const SLOW_START = `
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
  const initialised = Date.now();
  exports.handler = async ({ ms = 0, exit = false }, { functionVersion }) => {
    await new Promise((done) => setTimeout(done, ms));
    if (exit) process.exit(1);
    return { initialised, type: process.env.AWS_LAMBDA_INITIALIZATION_TYPE, version: functionVersion };
  };`;

interface Answer {
  /** Milliseconds since the epoch. */
  initialised: number;
  type: string;
  version: string;
}

/** AWS takes some minutes to provision. */
const MAX_WAIT_MS = 300_000;

/** What every compute engine must do with provisioned concurrency, judged with the official SDK client. */
export function provisionedConformance(engine: string, open: () => Promise<ComputeUnderTest>): void {
  describe(`provisioned concurrency: ${engine}`, () => {
    let under: ComputeUnderTest;
    let made: FunctionsMade;
    let FunctionName: string;

    before(async () => {
      under = await open();
      made = new FunctionsMade(under);
      FunctionName = await made.make(SLOW_START, { Timeout: 10 });
      await publish();
    });
    after(async () => {
      await made.delete();
      await under.close();
    });

    const publish = () => under.client.send(new PublishVersionCommand({ FunctionName }));
    const put = (Qualifier: string, ProvisionedConcurrentExecutions: number, name = FunctionName) =>
      under.client.send(
        new PutProvisionedConcurrencyConfigCommand({
          FunctionName: name,
          Qualifier,
          ProvisionedConcurrentExecutions,
        }),
      );
    const get = (Qualifier: string, name = FunctionName) =>
      under.client.send(new GetProvisionedConcurrencyConfigCommand({ FunctionName: name, Qualifier }));
    const remove = (Qualifier: string) =>
      under.client.send(new DeleteProvisionedConcurrencyConfigCommand({ FunctionName, Qualifier }));
    const list = async (more = {}) =>
      await under.client.send(new ListProvisionedConcurrencyConfigsCommand({ FunctionName, ...more }));
    const alias = (Name: string, FunctionVersion: string) =>
      under.client.send(new CreateAliasCommand({ FunctionName, Name, FunctionVersion }));
    const invoke = async (Qualifier: string, event: object = {}) => {
      const Payload = Buffer.from(JSON.stringify(event));
      const answer = await under.client.send(new InvokeCommand({ FunctionName, Qualifier, Payload }));
      return json(answer.Payload) as Answer;
    };
    const become = async (status: string, qualifier: string, name = FunctionName) => {
      for (const end = performance.now() + MAX_WAIT_MS; performance.now() < end; await sleep(50)) {
        const config = await get(qualifier, name);
        if (config.Status === status) return config;
      }
      throw new Error(`${qualifier} did not become ${status}`);
    };

    test('a configuration is made, becomes ready, is listed, and goes', async () => {
      const asked = await put('1', 2);
      assert.deepEqual(
        [asked.$metadata.httpStatusCode, asked.RequestedProvisionedConcurrentExecutions, asked.Status],
        [202, 2, 'IN_PROGRESS'],
      );
      assert.match(asked.LastModified ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000$/);
      const ready = await become('READY', '1');
      assert.deepEqual(
        [ready.AllocatedProvisionedConcurrentExecutions, ready.AvailableProvisionedConcurrentExecutions],
        [2, 2],
      );
      assert.equal(ready.StatusReason, undefined);
      const { ProvisionedConcurrencyConfigs: listed = [] } = await list();
      assert.deepEqual(
        listed.map((config) => [config.FunctionArn?.endsWith(`:${FunctionName}:1`), config.Status]),
        [[true, 'READY']],
      );
      await remove('1');
      await remove('1');
      await refused(get('1'), 'ProvisionedConcurrencyConfigNotFoundException', 404);
      assert.deepEqual((await list()).ProvisionedConcurrencyConfigs, []);
    });

    test('who invokes first does not wait for the initialisation, and more than are provisioned spill over', async () => {
      await put('1', 1);
      await become('READY', '1');
      const sentMs = Date.now();
      const first = await invoke('1');
      assert.equal(first.type, 'provisioned-concurrency');
      assert.ok(first.initialised < sentMs, `initialised ${first.initialised - sentMs} ms after it was sent`);
      const both = await Promise.all([invoke('1', { ms: 1_500 }), invoke('1', { ms: 1_500 })]);
      assert.deepEqual(both.map(({ type }) => type).sort(), ['on-demand', 'provisioned-concurrency']);
      await remove('1');
    });

    test('an environment that dies is replaced', async () => {
      await put('1', 1);
      await become('READY', '1');
      const { initialised } = await invoke('1');
      await invoke('1', { exit: true });
      let after: Answer;
      do {
        await sleep(200);
        after = await invoke('1');
      } while (after.type !== 'provisioned-concurrency');
      assert.ok(after.initialised > initialised);
      await remove('1');
    });

    test('it moves with its alias', async () => {
      await alias('live', '1');
      await put('live', 1);
      await become('READY', 'live');
      assert.deepEqual(pick(await invoke('live')), ['provisioned-concurrency', '1']);
      const { client } = under;
      const ZipFile = zipOf({ 'index.js': `${SLOW_START}// 2` });
      await client.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile }));
      await waitUntilFunctionUpdatedV2({ client, maxWaitTime: 60, minDelay: 1 }, { FunctionName });
      await publish();
      await client.send(new UpdateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: '2' }));
      await become('READY', 'live');
      assert.deepEqual(pick(await invoke('live')), ['provisioned-concurrency', '2']);
      assert.deepEqual(pick(await invoke('1')), ['on-demand', '1']);
      await client.send(new DeleteAliasCommand({ FunctionName, Name: 'live' }));
      assert.deepEqual((await list()).ProvisionedConcurrencyConfigs, [], 'it goes with its alias');
    });

    test('a version has one configuration, its own or that of one alias', async () => {
      await alias('one', '2');
      await alias('other', '2');
      await put('one', 1);
      await refused(
        put('2', 1),
        'ResourceConflictException',
        409,
        /pointed by a Provisioned Concurrency alias/,
      );
      await refused(put('other', 1), 'ResourceConflictException', 409, /already Provisioned version/);
      await alias('third', '1');
      await put('third', 1);
      const move = (FunctionVersion: string) =>
        under.client.send(new UpdateAliasCommand({ FunctionName, Name: 'third', FunctionVersion }));
      await refused(move('2'), 'ResourceConflictException', 409, /already Provisioned version/);
      await refused(move('$LATEST'), 'InvalidParameterValueException', 400, /unpublished function versions/);
      await remove('third');
      await move('2');
      await put('one', 2);
      const { ProvisionedConcurrencyConfigs: page = [], NextMarker } = await list({ MaxItems: 1 });
      assert.deepEqual([page[0]?.RequestedProvisionedConcurrentExecutions, NextMarker], [2, undefined]);
      await remove('one');
      await put('2', 1);
      await refused(put('one', 1), 'ResourceConflictException', 409, /already Provisioned version/);
      await remove('2');
    });

    test('an alias that splits its invocations cannot be configured, but one that is can be split', async () => {
      const route = (weights: Record<string, number>) =>
        under.client.send(
          new UpdateAliasCommand({
            FunctionName,
            Name: 'one',
            RoutingConfig: { AdditionalVersionWeights: weights },
          }),
        );
      await route({ '1': 0.5 });
      const unsplit = /Alias with weights can not be used with Provisioned Concurrency/;
      await refused(put('one', 2), 'InvalidParameterValueException', 400, unsplit);
      await route({});
      await put('one', 2);
      await route({ '1': 0.5 });
      const config = await become('READY', 'one');
      assert.equal(config.AllocatedProvisionedConcurrentExecutions, 2);
      await refused(put('one', 1), 'InvalidParameterValueException', 400, unsplit);
      await route({});
      await remove('one');
    });

    test('it lies in what is reserved for the function, or is taken from what is left to others', async () => {
      const reserve = (ReservedConcurrentExecutions: number) =>
        under.client.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions }));
      await reserve(2);
      const more = /should not be greater than the reservedConcurrentExecution/;
      await refused(put('1', 3), 'InvalidParameterValueException', 400, more);
      await put('1', 1);
      await put('2', 1);
      await refused(put('2', 2), 'InvalidParameterValueException', 400, more);
      const less = /should not be lower than function's total provisioned concurrency \[2\]/;
      await refused(reserve(1), 'InvalidParameterValueException', 400, less);
      await remove('2');
      await under.client.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
      const { AccountLimit } = await under.client.send(new GetAccountSettingsCommand({}));
      const unreserved = AccountLimit?.UnreservedConcurrentExecutions ?? 0;
      const minimum = /below its minimum value of/;
      await refused(put('2', unreserved - 99), 'InvalidParameterValueException', 400, minimum);
      const greater = /greater than account's unreserved concurrency/;
      await refused(put('2', unreserved + 1), 'InvalidParameterValueException', 400, greater);
      await remove('1');
    });

    test('only versions and aliases that are there can be provisioned, and not with nothing', async () => {
      const unpublished = /cannot be applied to unpublished function versions/;
      await refused(put('$LATEST', 1), 'InvalidParameterValueException', 400, unpublished);
      await alias('newest', '$LATEST');
      await refused(put('newest', 1), 'InvalidParameterValueException', 400, unpublished);
      await refused(get('$LATEST'), 'InvalidParameterValueException', 400, /alias or a published version/);
      await refused(remove('$LATEST'), 'InvalidParameterValueException', 400, /alias or a published version/);
      await refused(put('1', 0), 'InvalidParameterValueException', 400, /greater than or equal to 1/);
      await refused(put('77', 1), 'ResourceNotFoundException', 404);
      await refused(put('nowhere', 1), 'ResourceNotFoundException', 404);
      await refused(put('1', 1, `${FunctionName}-not`), 'ResourceNotFoundException', 404);
      await refused(get('77'), 'ResourceNotFoundException', 404);
    });

    test('a function that does not initialise makes it fail', async () => {
      const name = await made.make('throw new Error("no start");', { Publish: true });
      await put('1', 1, name);
      const { StatusReason, AllocatedProvisionedConcurrentExecutions } = await become('FAILED', '1', name);
      assert.deepEqual(
        [StatusReason, AllocatedProvisionedConcurrentExecutions],
        ['FUNCTION_ERROR_INIT_FAILURE', 0],
      );
    });
  });
}

function pick({ type, version }: Answer): [string, string] {
  return [type, version];
}

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  CreateAliasCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  ListAliasesCommand,
  ListFunctionsCommand,
  PublishVersionCommand,
  paginateListAliases,
  paginateListFunctions,
  paginateListVersionsByFunction,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import { type ComputeUnderTest, FunctionsMade, refused } from '../../support/functions-made.ts';

/** What every compute engine must keep of a function and show of it, judged with the official SDK client. */
export function configurationConformance(engine: string, open: () => Promise<ComputeUnderTest>): void {
  describe(`configuration of functions: ${engine}`, () => {
    let under: ComputeUnderTest;
    let made: FunctionsMade;

    before(async () => {
      under = await open();
      made = new FunctionsMade(under);
    });
    after(async () => {
      await made.delete();
      await under.close();
    });

    const make = (more = {}) => made.make('exports.handler = async () => 1;', more);
    const show = (FunctionName: string, Qualifier?: string) =>
      under.client.send(
        new GetFunctionConfigurationCommand({ FunctionName, ...(Qualifier ? { Qualifier } : {}) }),
      );

    test('a function that says nothing has the settings that AWS gives it', async () => {
      const FunctionName = await make();
      const shown = await show(FunctionName);
      assert.deepEqual(
        [shown.EphemeralStorage, shown.TracingConfig, shown.PackageType, shown.Timeout, shown.MemorySize],
        [{ Size: 512 }, { Mode: 'PassThrough' }, 'Zip', 3, 128],
      );
      assert.deepEqual(shown.SnapStart, { ApplyOn: 'None', OptimizationStatus: 'Off' });
      assert.deepEqual(shown.LoggingConfig, { LogFormat: 'Text', LogGroup: `/aws/lambda/${FunctionName}` });
      assert.match(
        shown.RuntimeVersionConfig?.RuntimeVersionArn ?? '',
        /^arn:aws:lambda:.+::runtime:\w{64}$/,
      );
      assert.equal(shown.Architectures?.length, 1);
      assert.deepEqual([shown.State, shown.LastUpdateStatus], ['Active', 'Successful']);
    });

    test('settings that repeat the defaults are accepted', async () => {
      await make({
        EphemeralStorage: { Size: 512 },
        TracingConfig: { Mode: 'PassThrough' },
        LoggingConfig: { LogFormat: 'Text' },
        VpcConfig: { SubnetIds: [], SecurityGroupIds: [] },
        Layers: [],
      });
    });

    test('the size of ephemeral storage is kept per version', async () => {
      const FunctionName = await make({ EphemeralStorage: { Size: 1_024 }, Publish: true });
      const { client } = under;
      await client.send(
        new UpdateFunctionConfigurationCommand({ FunctionName, EphemeralStorage: { Size: 10_240 } }),
      );
      await waitUntilFunctionUpdatedV2({ client, maxWaitTime: 60, minDelay: 1 }, { FunctionName });
      assert.deepEqual((await show(FunctionName, '1')).EphemeralStorage, { Size: 1_024 });
      assert.deepEqual((await show(FunctionName)).EphemeralStorage, { Size: 10_240 });
    });

    test('SnapStart is kept per version', async () => {
      const FunctionName = await make({ SnapStart: { ApplyOn: 'PublishedVersions' } });
      assert.equal((await show(FunctionName)).SnapStart?.ApplyOn, 'PublishedVersions');
    });

    test('the ARN ends with the qualifier that was asked for, in lists with the version', async () => {
      const FunctionName = await make();
      await under.client.send(new PublishVersionCommand({ FunctionName }));
      await under.client.send(new CreateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: '1' }));
      for (const [qualifier, end, version] of [
        [undefined, '', '$LATEST'],
        ['$LATEST', ':$LATEST', '$LATEST'],
        ['1', ':1', '1'],
        ['live', ':live', '1'],
      ] as const) {
        const shown = await show(FunctionName, qualifier);
        assert.ok(shown.FunctionArn?.endsWith(`:function:${FunctionName}${end}`), shown.FunctionArn);
        assert.equal(shown.Version, version);
      }
    });

    test('every list comes in pages', async () => {
      const FunctionName = await make({ Publish: true });
      const { client } = under;
      for (const Name of ['c', 'a', 'b']) {
        await client.send(new CreateAliasCommand({ FunctionName, Name, FunctionVersion: '1' }));
      }
      const config = { client, pageSize: 1 };
      const versions: (string | undefined)[] = [];
      for await (const { Versions = [] } of paginateListVersionsByFunction(config, { FunctionName })) {
        assert.ok(Versions.length <= 1);
        versions.push(...Versions.map(({ Version }) => Version));
      }
      assert.deepEqual(versions, ['$LATEST', '1']);
      const aliases: (string | undefined)[] = [];
      for await (const { Aliases = [] } of paginateListAliases(config, { FunctionName })) {
        aliases.push(...Aliases.map(({ Name }) => Name));
      }
      assert.deepEqual(aliases.toSorted(), ['a', 'b', 'c']);
      const functions: (string | undefined)[] = [];
      for await (const { Functions = [] } of paginateListFunctions(config, { FunctionVersion: 'ALL' })) {
        functions.push(...Functions.map(({ FunctionArn }) => FunctionArn));
      }
      assert.equal(new Set(functions).size, functions.length);
      assert.equal(functions.filter((arn) => arn?.includes(`:${FunctionName}:`)).length, 2);
      for (const bad of [{ Marker: '1' }, { MaxItems: 0 }, { MaxItems: 10_001 }]) {
        const sending = client.send(new ListAliasesCommand({ FunctionName, ...bad }));
        await refused(sending, 'InvalidParameterValueException', 400);
      }
    });

    test('a list leaves out the state and the version of the runtime', async () => {
      const FunctionName = await make();
      const { Configuration } = await under.client.send(new GetFunctionCommand({ FunctionName }));
      assert.ok(Configuration?.State);
      const { Functions = [] } = await under.client.send(new ListFunctionsCommand({}));
      assert.ok(Functions.length > 0);
      for (const shown of Functions) {
        assert.deepEqual(
          [shown.State, shown.LastUpdateStatus, shown.RuntimeVersionConfig],
          [undefined, undefined, undefined],
        );
      }
    });
  });
}

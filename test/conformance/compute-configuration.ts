import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  CreateAliasCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  ListFunctionsCommand,
  PublishVersionCommand,
} from '@aws-sdk/client-lambda';
import { type ComputeUnderTest, FunctionsMade } from './compute-support.ts';

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

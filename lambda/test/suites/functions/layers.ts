import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import {
  AddLayerVersionPermissionCommand,
  type AddLayerVersionPermissionCommandInput,
  DeleteLayerVersionCommand,
  GetFunctionConfigurationCommand,
  GetLayerVersionByArnCommand,
  GetLayerVersionCommand,
  GetLayerVersionPolicyCommand,
  PublishLayerVersionCommand,
  PublishVersionCommand,
  paginateListLayers,
  paginateListLayerVersions,
  RemoveLayerVersionPermissionCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import { zipSync } from 'fflate';
import { type ComputeUnderTest, FunctionsMade, refused, zipOf } from '../../support/functions-made.ts';
import { LayersMade } from '../../support/layers-made.ts';

/** What every compute engine must keep of layers and show of them, judged with the official SDK client. */
export function layerConformance(engine: string, open: () => Promise<ComputeUnderTest>): void {
  describe(`layers: ${engine}`, () => {
    let under: ComputeUnderTest;
    let made: FunctionsMade;
    let layers: LayersMade;
    let half: Uint8Array;

    before(async () => {
      // Before there are connections, which could time out while it is made.
      half = zipSync({ 'zeros.bin': [new Uint8Array(131_100_000), { level: 1 }] });
      under = await open();
      made = new FunctionsMade(under);
      layers = new LayersMade(under);
    });
    after(async () => {
      await made.delete();
      await layers.delete();
      await under.close();
    });

    const files = (text = randomUUID()) => ({
      'nodejs/node_modules/one/index.js': `module.exports = "${text}";`,
    });
    const get = (LayerName: string, VersionNumber: number) =>
      under.client.send(new GetLayerVersionCommand({ LayerName, VersionNumber }));
    const make = (Layers?: string[]) =>
      made.make('exports.handler = async () => 1;', Layers ? { Layers } : {});
    const configure = async (FunctionName: string, Layers: string[]) => {
      const command = new UpdateFunctionConfigurationCommand({ FunctionName, Layers });
      const answer = await under.client.send(command);
      await waitUntilFunctionUpdatedV2(
        { client: under.client, maxWaitTime: 60, minDelay: 1 },
        { FunctionName },
      );
      return answer;
    };

    test('what was published is shown by name and by ARN', async () => {
      const name = layers.newName();
      const published = await layers.publish(name, files(), {
        Description: 'one module',
        LicenseInfo: 'MIT',
        CompatibleRuntimes: ['nodejs22.x', 'java21'],
        CompatibleArchitectures: ['arm64', 'x86_64'],
      });
      assert.equal(published.Version, 1);
      assert.ok(published.LayerArn?.endsWith(`:layer:${name}`), published.LayerArn);
      assert.equal(published.LayerVersionArn, `${published.LayerArn}:1`);
      assert.match(published.CreatedDate ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/);
      assert.deepEqual(
        [published.Description, published.LicenseInfo, published.CompatibleRuntimes],
        ['one module', 'MIT', ['nodejs22.x', 'java21']],
      );
      const { $metadata: _, ...answer } = published;
      const byArn = new GetLayerVersionByArnCommand({ Arn: published.LayerVersionArn });
      for (const shown of [
        await get(name, 1),
        await get(published.LayerArn as string, 1),
        await under.client.send(byArn),
      ]) {
        const { $metadata, Content, ...rest } = shown;
        assert.deepEqual(
          { ...rest, Content: { ...Content, Location: answer.Content?.Location } },
          { ...answer, Content: { ...answer.Content, Location: answer.Content?.Location } },
        );
      }
    });

    test('numbers rise and are never used twice', async () => {
      const name = layers.newName();
      const versions = [];
      for (let n = 0; n < 3; n++) versions.push((await layers.publish(name, files())).Version);
      assert.deepEqual(versions, [1, 2, 3]);
      for (const VersionNumber of [3, 2, 1, 3, 9]) {
        await under.client.send(new DeleteLayerVersionCommand({ LayerName: name, VersionNumber }));
      }
      await refused(get(name, 3), 'ResourceNotFoundException', 404);
      assert.deepEqual(await layers.versionsOf(name), []);
      assert.equal((await layers.publish(name, files())).Version, 4);
      assert.deepEqual(await layers.versionsOf(name), [4]);
    });

    test('lists come in pages, the newest version first, and only with what fits', async () => {
      const { client } = under;
      const name = layers.newName();
      await layers.publish(name, files(), { CompatibleRuntimes: ['nodejs22.x'] });
      await layers.publish(name, files(), { CompatibleArchitectures: ['arm64'] });
      await layers.publish(name, files(), { CompatibleRuntimes: ['python3.12', 'nodejs22.x'] });
      await layers.publish(name, files());
      const config = { client, pageSize: 1 };
      const found: (number | undefined)[] = [];
      for await (const { LayerVersions = [] } of paginateListLayerVersions(config, { LayerName: name })) {
        assert.ok(LayerVersions.length <= 1);
        found.push(...LayerVersions.map(({ Version }) => Version));
      }
      assert.deepEqual(found, [4, 3, 2, 1]);
      assert.deepEqual(await layers.versionsOf(name, { CompatibleRuntime: 'nodejs22.x' }), [3, 1]);
      assert.deepEqual(await layers.versionsOf(name, { CompatibleArchitecture: 'arm64' }), [2]);
      assert.deepEqual(
        await layers.versionsOf(name, { CompatibleRuntime: 'python3.12', CompatibleArchitecture: 'arm64' }),
        [],
      );
      assert.deepEqual(await layers.versionsOf(layers.newName()), []);
      const other = layers.newName();
      await layers.publish(other, files(), { CompatibleRuntimes: ['nodejs22.x'] });
      const listed = async (filter: object) => {
        const newest = new Map<string | undefined, number | undefined>();
        for await (const { Layers = [] } of paginateListLayers(config, filter)) {
          assert.ok(Layers.length <= 1);
          for (const one of Layers) newest.set(one.LayerName, one.LatestMatchingVersion?.Version);
        }
        return [newest.get(name), newest.get(other)];
      };
      assert.deepEqual(await listed({}), [4, 1]);
      assert.deepEqual(await listed({ CompatibleRuntime: 'nodejs22.x' }), [3, 1]);
      assert.deepEqual(await listed({ CompatibleArchitecture: 'arm64' }), [2, undefined]);
    });

    test('what is no layer is refused', async () => {
      const { client } = under;
      const LayerName = layers.newName();
      const Content = { ZipFile: zipOf(files()) };
      const publish = (input: object) =>
        client.send(new PublishLayerVersionCommand({ LayerName, Content, ...input }));
      const rejected: [object, RegExp][] = [
        [{ Content: { ZipFile: Buffer.from('no zip') } }, /./],
        [{ Content: {} }, /./],
        [{ LayerName: 'no name' }, /layerName/],
        [{ CompatibleRuntimes: ['cobol85'] }, /enum value set/],
        [{ CompatibleRuntimes: Array(16).fill('nodejs22.x') }, /less than or equal to 15/],
        [{ Description: 'x'.repeat(257) }, /256/],
        [{ LicenseInfo: 'x'.repeat(513) }, /512/],
      ];
      for (const [input, reason] of rejected) {
        await refused(publish(input), 'InvalidParameterValueException', 400, reason);
      }
      await refused(get(LayerName, 1), 'ResourceNotFoundException', 404);
      await refused(get(LayerName, 0), 'InvalidParameterValueException', 400, /less than 1/);
      const byArn = new GetLayerVersionByArnCommand({ Arn: 'arn:aws:lambda:x' });
      await refused(client.send(byArn), 'InvalidParameterValueException', 400, /'arn'/);
    });

    test('a function shows its layers in their order, and a published version keeps them', async () => {
      const [one, two] = [
        await layers.publish(layers.newName(), files()),
        await layers.publish(layers.newName(), files()),
      ];
      const arns = [one, two].map(({ LayerVersionArn }) => LayerVersionArn as string);
      const expected = [one, two].map(({ LayerVersionArn: Arn, Content }) => ({
        Arn,
        CodeSize: Content?.CodeSize,
      }));
      const FunctionName = await make(arns);
      const show = async (Qualifier: string) => {
        const command = new GetFunctionConfigurationCommand({ FunctionName, Qualifier });
        return (await under.client.send(command)).Layers;
      };
      assert.deepEqual(await show('$LATEST'), expected);
      const { Layers } = await under.client.send(new PublishVersionCommand({ FunctionName }));
      assert.deepEqual(Layers, expected);
      assert.deepEqual((await configure(FunctionName, arns.toReversed())).Layers, expected.toReversed());
      await configure(FunctionName, []);
      assert.equal(await show('$LATEST'), undefined);
      assert.deepEqual(await show('1'), expected);
    });

    test('a function has at most five layers, each once, all of them there', async () => {
      const name = layers.newName();
      const { LayerArn, LayerVersionArn: first = '' } = await layers.publish(name, files());
      const { LayerVersionArn: second = '' } = await layers.publish(name, files());
      const FunctionName = await make([first]);
      const rejected: [string[], RegExp][] = [
        [
          Array.from({ length: 6 }, (_, n) => `${LayerArn}-${n}:1`),
          /^Cannot reference more than 5 layers\.$/,
        ],
        [[first, second], /^Two different versions of the same layer are not allowed/],
        [[`${LayerArn}:9`], /:9 does not exist\.$/],
        [[LayerArn as string], /'layers'/],
        [[first.replace(/^(arn:aws:lambda):[^:]+/, '$1:ap-south-2')], /region/],
      ];
      for (const [Layers, reason] of rejected) {
        const command = new UpdateFunctionConfigurationCommand({ FunctionName, Layers });
        await refused(under.client.send(command), 'InvalidParameterValueException', 400, reason);
        await refused(make(Layers), 'InvalidParameterValueException', 400, reason);
      }
    });

    test('code and layers together have at most 250 MB', async () => {
      const Content = { ZipFile: half };
      const arns = [];
      for (let n = 0; n < 2; n++) {
        const { LayerVersionArn } = await layers.publish(layers.newName(), {}, { Content });
        arns.push(LayerVersionArn as string);
      }
      const FunctionName = await make(arns.slice(1));
      const both = new UpdateFunctionConfigurationCommand({ FunctionName, Layers: arns });
      const reason =
        /^Function code combined with layers exceeds the maximum allowed size of 262144000 bytes/;
      await refused(under.client.send(both), 'InvalidParameterValueException', 400, reason);
    });

    test('a layer version has a policy', async () => {
      const LayerName = layers.newName();
      const { LayerVersionArn } = await layers.publish(LayerName, files());
      const target = { LayerName, VersionNumber: 1 };
      const Action = 'lambda:GetLayerVersion';
      const add = (input: Partial<AddLayerVersionPermissionCommandInput>) =>
        under.client.send(
          new AddLayerVersionPermissionCommand({
            ...target,
            StatementId: 'all',
            Action,
            Principal: '*',
            ...input,
          }),
        );
      const show = () => under.client.send(new GetLayerVersionPolicyCommand(target));
      const remove = (input: { StatementId: string; RevisionId?: string }) =>
        under.client.send(new RemoveLayerVersionPermissionCommand({ ...target, ...input }));
      await refused(show(), 'ResourceNotFoundException', 404);
      const { Statement = '', RevisionId } = await add({ OrganizationId: 'o-a1b2c3d4e5' });
      const { Policy = '', RevisionId: shown } = await show();
      assert.deepEqual(JSON.parse(Policy).Statement, [JSON.parse(Statement)]);
      assert.equal(shown, RevisionId);
      assert.equal(JSON.parse(Statement).Resource, LayerVersionArn);
      assert.deepEqual(JSON.parse(Statement).Condition, {
        StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' },
      });
      await refused(add({}), 'ResourceConflictException', 409, /all.*already exists/);
      const stale = { StatementId: 'next', RevisionId: randomUUID() };
      await refused(add(stale), 'PreconditionFailedException', 412);
      await refused(remove({ ...stale, StatementId: 'all' }), 'PreconditionFailedException', 412);
      await refused(
        add({ StatementId: 'x', Action: 'lambda:*' }),
        'InvalidParameterValueException',
        400,
        /action/,
      );
      await refused(add({ VersionNumber: 2 }), 'ResourceNotFoundException', 404, /:2 does not exist/);
      await add({ StatementId: 'one', Principal: '123456789012', RevisionId: shown });
      await refused(remove({ StatementId: 'none' }), 'ResourceNotFoundException', 404);
      for (const StatementId of ['all', 'one']) await remove({ StatementId });
      await refused(show(), 'ResourceNotFoundException', 404);
    });
  });
}

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  GetFunctionCommand,
  ListTagsCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-lambda';
import { type ComputeUnderTest, FunctionsMade, refused } from '../../support/functions-made.ts';

/** What every compute engine must do with the tags of functions, judged with the official SDK client. */
export function tagConformance(engine: string, open: () => Promise<ComputeUnderTest>): void {
  describe(`tags: ${engine}`, () => {
    let under: ComputeUnderTest;
    let made: FunctionsMade;
    let FunctionName: string;
    let Resource: string;

    before(async () => {
      under = await open();
      made = new FunctionsMade(under);
      FunctionName = await made.make('exports.handler = async () => 1;', { Tags: { team: 'checkout' } });
      Resource = (await get()).Configuration?.FunctionArn ?? '';
    });
    after(async () => {
      await made.delete();
      await under.close();
    });

    const get = () => under.client.send(new GetFunctionCommand({ FunctionName }));
    const list = async () => (await under.client.send(new ListTagsCommand({ Resource }))).Tags;
    const tag = (Tags: Record<string, string>, resource = Resource) =>
      under.client.send(new TagResourceCommand({ Resource: resource, Tags }));
    const untag = (...TagKeys: string[]) =>
      under.client.send(new UntagResourceCommand({ Resource, TagKeys }));

    test('tags come with the function and are added, replaced and removed', async () => {
      assert.deepEqual((await get()).Tags, { team: 'checkout' });
      await tag({ team: 'cart', 'cost centre': 'Größe 1', empty: '' });
      assert.deepEqual(await list(), { team: 'cart', 'cost centre': 'Größe 1', empty: '' });
      await untag('team', 'cost centre', 'not there');
      assert.deepEqual(await list(), { empty: '' });
      await untag('empty');
      assert.deepEqual(await list(), {});
      assert.equal((await get()).Tags, undefined);
    });

    test('what AWS would not take is refused and changes nothing', async () => {
      const before = await list();
      const many = Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, '']));
      for (const bad of [many, { 'aws:x': '' }, { ['k'.repeat(129)]: '' }, { a: 'v'.repeat(257) }]) {
        await refused(tag(bad), 'InvalidParameterValueException', 400);
      }
      await refused(
        tag({ a: 'b' }, `${Resource}:live`),
        'InvalidParameterValueException',
        400,
        /aliases and versions/,
      );
      await refused(tag({ a: 'b' }, `${Resource}-not`), 'ResourceNotFoundException', 404);
      assert.deepEqual(await list(), before);
    });
  });
}

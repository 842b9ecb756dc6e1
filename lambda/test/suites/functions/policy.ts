import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import {
  AddPermissionCommand,
  type AddPermissionCommandInput,
  CreateAliasCommand,
  DeleteAliasCommand,
  GetPolicyCommand,
  PublishVersionCommand,
  RemovePermissionCommand,
} from '@aws-sdk/client-lambda';
import { type ComputeUnderTest, FunctionsMade, refused } from '../../support/functions-made.ts';

/** What every compute engine must do with resource policies, judged with the official SDK client. */
export function policyConformance(engine: string, open: () => Promise<ComputeUnderTest>): void {
  describe(`resource policies: ${engine}`, () => {
    let under: ComputeUnderTest;
    let made: FunctionsMade;
    let FunctionName: string;

    before(async () => {
      under = await open();
      made = new FunctionsMade(under);
      FunctionName = await made.make('exports.handler = async () => 1;');
    });
    after(async () => {
      await made.delete();
      await under.close();
    });

    const add = (StatementId: string, more: Partial<AddPermissionCommandInput> = {}) =>
      under.client.send(
        new AddPermissionCommand({
          FunctionName,
          StatementId,
          Action: 'lambda:InvokeFunction',
          Principal: 'events.amazonaws.com',
          ...more,
        }),
      );
    const remove = (StatementId: string, more: { Qualifier?: string; RevisionId?: string } = {}) =>
      under.client.send(new RemovePermissionCommand({ FunctionName, StatementId, ...more }));
    const show = async (Qualifier?: string) => {
      const input = { FunctionName, ...(Qualifier ? { Qualifier } : {}) };
      const { Policy = '', RevisionId } = await under.client.send(new GetPolicyCommand(input));
      return { revision: RevisionId, statements: JSON.parse(Policy).Statement as { Sid: string }[] };
    };

    test('statements are added, shown and removed', async () => {
      await refused(show(), 'ResourceNotFoundException', 404);
      const { Statement } = await add('first', { SourceArn: 'arn:aws:events:eu-west-1:123456789012:rule/x' });
      const [shown] = (await show()).statements;
      assert.deepEqual(shown, JSON.parse(Statement ?? ''));
      await refused(add('first'), 'ResourceConflictException', 409, /first.*already exists/);
      await add('second', { Principal: '*', PrincipalOrgID: 'o-a1b2c3d4e5' });
      assert.deepEqual(
        (await show()).statements.map(({ Sid }) => Sid),
        ['first', 'second'],
      );
      await remove('first');
      await refused(remove('first'), 'ResourceNotFoundException', 404);
      await remove('second');
      await refused(show(), 'ResourceNotFoundException', 404);
    });

    test('the function, its versions and its aliases have policies of their own', async () => {
      await under.client.send(new PublishVersionCommand({ FunctionName }));
      await under.client.send(new CreateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: '1' }));
      for (const Qualifier of [undefined, '1', 'live']) {
        const { Statement = '' } = await add('same', Qualifier ? { Qualifier } : {});
        const end = Qualifier === undefined ? FunctionName : `${FunctionName}:${Qualifier}`;
        assert.ok(JSON.parse(Statement).Resource.endsWith(`:function:${end}`));
        assert.equal((await show(Qualifier)).statements.length, 1);
      }
      await refused(add('x', { Qualifier: '7' }), 'ResourceNotFoundException', 404);
      await refused(add('x', { Qualifier: 'nowhere' }), 'ResourceNotFoundException', 404);
      await refused(add('x', { Qualifier: '$LATEST' }), 'InvalidParameterValueException', 400);
      await under.client.send(new DeleteAliasCommand({ FunctionName, Name: 'live' }));
      await under.client.send(new CreateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: '1' }));
      await refused(show('live'), 'ResourceNotFoundException', 404);
    });

    test('a revision guards against a lost update', async () => {
      await add('guarded', { Qualifier: 'live' });
      const { revision = '' } = await show('live');
      const stale = { Qualifier: 'live', RevisionId: randomUUID() };
      await refused(add('next', stale), 'PreconditionFailedException', 412);
      await refused(remove('guarded', stale), 'PreconditionFailedException', 412);
      await add('next', { Qualifier: 'live', RevisionId: revision });
      await refused(
        remove('guarded', { Qualifier: 'live', RevisionId: revision }),
        'PreconditionFailedException',
        412,
      );
    });

    test('a policy has at most 20 KB', async () => {
      const SourceArn = `arn:aws:s3:::${'x'.repeat(1_000)}`;
      for (let n = 0; ; n++) {
        assert.ok(n < 25, 'it grew beyond 20 KB');
        const adding = add(`large${n}`, { SourceArn, Qualifier: '1' });
        if (n < 12) await adding;
        else if (
          await adding.then(
            () => false,
            (error) => error.name === 'PolicyLengthExceededException',
          )
        )
          return;
      }
    });
  });
}

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  AddPermissionCommand,
  CreateAliasCommand,
  CreateFunctionUrlConfigCommand,
  DeleteFunctionUrlConfigCommand,
  GetFunctionUrlConfigCommand,
  ListFunctionUrlConfigsCommand,
  paginateListFunctionUrlConfigs,
  UpdateFunctionUrlConfigCommand,
} from '@aws-sdk/client-lambda';
import { type ComputeUnderTest, callUrl, FunctionsMade, refused } from '../../support/functions-made.ts';

const ORIGIN = 'https://www.example.com';
const PUBLIC = [
  { StatementId: 'url', Action: 'lambda:InvokeFunctionUrl', FunctionUrlAuthType: 'NONE' as const },
  { StatementId: 'invoke', Action: 'lambda:InvokeFunction', InvokedViaFunctionUrl: true },
];

/** What every compute engine must do with the settings of function URLs, judged with the official SDK client. */
export function urlConformance(engine: string, open: () => Promise<ComputeUnderTest>): void {
  describe(`settings of function URLs: ${engine}`, () => {
    let under: ComputeUnderTest;
    let made: FunctionsMade;
    let FunctionName: string;
    let url: string;

    before(async () => {
      under = await open();
      made = new FunctionsMade(under);
      FunctionName = await made.make(
        'exports.handler = async (e) => ({ statusCode: 200, headers: { "x-method": e.requestContext.http.method } });',
        { Publish: true },
      );
      for (const statement of PUBLIC) {
        const input = { FunctionName, Principal: '*', ...statement };
        await under.client.send(new AddPermissionCommand(input));
      }
      const input = { FunctionName, AuthType: 'NONE' as const };
      url = (await under.client.send(new CreateFunctionUrlConfigCommand(input))).FunctionUrl as string;
    });
    after(async () => {
      await made.delete();
      await under.close();
    });

    const setCors = (Cors: object) =>
      under.client.send(new UpdateFunctionUrlConfigCommand({ FunctionName, Cors }));
    const getUrl = () => under.client.send(new GetFunctionUrlConfigCommand({ FunctionName }));
    const preflight = () =>
      callUrl(url, {
        method: 'OPTIONS',
        headers: { origin: ORIGIN, 'access-control-request-method': 'PUT' },
      });

    test('without CORS settings the function answers preflight requests', async () => {
      const answer = await preflight();
      assert.equal(answer.headers['x-method'], 'OPTIONS');
      assert.equal(answer.headers['access-control-allow-origin'], undefined);
    });

    test('with CORS settings the URL answers them, and adds to every answer', async () => {
      const before = await getUrl();
      const Cors = {
        AllowOrigins: [ORIGIN],
        AllowMethods: ['PUT'],
        AllowHeaders: ['x-one'],
        ExposeHeaders: ['x-method'],
        AllowCredentials: true,
        MaxAge: 60,
      };
      const updated = await setCors(Cors);
      assert.deepEqual(updated.Cors, Cors);
      assert.equal(updated.FunctionUrl, url);
      assert.equal(updated.CreationTime, before.CreationTime);
      const asked = await preflight();
      assert.equal(asked.status, 200);
      assert.equal(asked.headers['x-method'], undefined, 'the function was not invoked');
      assert.equal(asked.headers['access-control-allow-origin'], ORIGIN);
      assert.equal(asked.headers['access-control-allow-methods'], 'PUT');
      assert.equal(asked.headers['access-control-allow-headers'], 'x-one');
      assert.equal(asked.headers['access-control-allow-credentials'], 'true');
      assert.equal(asked.headers['access-control-max-age'], '60');
      const called = await callUrl(url, { method: 'PUT', headers: { origin: ORIGIN } });
      assert.equal(called.headers['x-method'], 'PUT');
      assert.equal(called.headers['access-control-allow-origin'], ORIGIN);
      assert.equal(called.headers['access-control-expose-headers'], 'x-method');
      const other = await callUrl(url, { headers: { origin: 'https://evil.example' } });
      assert.equal(other.headers['access-control-allow-origin'], undefined);
    });

    test('an empty object switches CORS off, and nothing leaves it', async () => {
      await setCors({ AllowOrigins: ['*'] });
      await under.client.send(new UpdateFunctionUrlConfigCommand({ FunctionName, AuthType: 'NONE' }));
      assert.deepEqual((await getUrl()).Cors?.AllowOrigins, ['*']);
      await setCors({});
      assert.equal((await preflight()).headers['x-method'], 'OPTIONS');
    });

    test('settings that AWS would not take are refused', async () => {
      for (const bad of [{ AllowMethods: ['GET'] }, { AllowOrigins: ['*'], MaxAge: 86_401 }]) {
        await refused(setCors(bad), 'InvalidParameterValueException', 400);
      }
      const nowhere = new UpdateFunctionUrlConfigCommand({ FunctionName, Qualifier: 'nowhere' });
      await refused(under.client.send(nowhere), 'ResourceNotFoundException', 404);
    });

    test('the URLs of a function and its aliases are listed in pages', async () => {
      const { client } = under;
      for (const Qualifier of ['b', 'a']) {
        await client.send(new CreateAliasCommand({ FunctionName, Name: Qualifier, FunctionVersion: '1' }));
        const input = { FunctionName, Qualifier, AuthType: 'NONE' as const };
        await client.send(new CreateFunctionUrlConfigCommand(input));
      }
      const arns: string[] = [];
      for await (const page of paginateListFunctionUrlConfigs({ client, pageSize: 1 }, { FunctionName })) {
        arns.push(...(page.FunctionUrlConfigs ?? []).map(({ FunctionArn }) => FunctionArn as string));
      }
      assert.deepEqual(arns.map((arn) => arn.replace(/.*:function:[^:]+/, '')).toSorted(), ['', ':a', ':b']);
      const tooMany = new ListFunctionUrlConfigsCommand({ FunctionName, MaxItems: 51 });
      await refused(client.send(tooMany), 'InvalidParameterValueException', 400);
      await client.send(new DeleteFunctionUrlConfigCommand({ FunctionName, Qualifier: 'a' }));
    });
  });
}

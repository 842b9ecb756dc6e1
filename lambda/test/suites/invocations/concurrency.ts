import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  CreateFunctionUrlConfigCommand,
  DeleteFunctionConcurrencyCommand,
  GetAccountSettingsCommand,
  GetFunctionCommand,
  GetFunctionConcurrencyCommand,
  InvokeCommand,
  PutFunctionConcurrencyCommand,
} from '@aws-sdk/client-lambda';
import { type ComputeUnderTest, callUrl, FunctionsMade, refused } from '../../support/functions-made.ts';

/** What every compute engine must do with reserved concurrency, judged with the official SDK client. */
export function concurrencyConformance(engine: string, open: () => Promise<ComputeUnderTest>): void {
  describe(`reserved concurrency: ${engine}`, () => {
    let under: ComputeUnderTest;
    let made: FunctionsMade;
    let FunctionName: string;

    before(async () => {
      under = await open();
      made = new FunctionsMade(under);
      FunctionName = await made.make(
        'exports.handler = async (ms) => { await new Promise((r) => setTimeout(r, Number(ms) || 0)); return 1; };',
        { Timeout: 10 },
      );
    });
    after(async () => {
      await made.delete();
      await under.close();
    });

    const put = (ReservedConcurrentExecutions: number, name = FunctionName) =>
      under.client.send(
        new PutFunctionConcurrencyCommand({ FunctionName: name, ReservedConcurrentExecutions }),
      );
    const release = () => under.client.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
    const invoke = (ms: number) =>
      under.client.send(new InvokeCommand({ FunctionName, Payload: Buffer.from(String(ms)) }));
    const account = async () => {
      const { AccountLimit } = await under.client.send(new GetAccountSettingsCommand({}));
      return {
        all: AccountLimit?.ConcurrentExecutions ?? 0,
        unreserved: AccountLimit?.UnreservedConcurrentExecutions ?? 0,
      };
    };

    test('a reservation is kept, shown and taken from what is left to others', async () => {
      const before = await account();
      assert.equal((await put(7)).ReservedConcurrentExecutions, 7);
      const input = { FunctionName };
      const shown = await under.client.send(new GetFunctionConcurrencyCommand(input));
      assert.equal(shown.ReservedConcurrentExecutions, 7);
      const { Concurrency } = await under.client.send(new GetFunctionCommand(input));
      assert.deepEqual(Concurrency, { ReservedConcurrentExecutions: 7 });
      assert.deepEqual(await account(), { all: before.all, unreserved: before.unreserved - 7 });
      await release();
      await release();
      const gone = await under.client.send(new GetFunctionConcurrencyCommand(input));
      assert.equal(gone.ReservedConcurrentExecutions, undefined);
      assert.equal((await under.client.send(new GetFunctionCommand(input))).Concurrency, undefined);
      assert.deepEqual(await account(), before);
    });

    test('above it invocations are refused at once, and 0 stops the function', async () => {
      await put(1);
      const long = invoke(1_500);
      await new Promise((resolve) => setTimeout(resolve, 500));
      await refused(invoke(0), 'TooManyRequestsException', 429);
      assert.equal((await long).StatusCode, 200);
      await put(0);
      await refused(invoke(0), 'TooManyRequestsException', 429);
      const input = { FunctionName, AuthType: 'NONE' as const };
      const { FunctionUrl = '' } = await under.client.send(new CreateFunctionUrlConfigCommand(input));
      assert.ok([403, 429].includes((await callUrl(FunctionUrl)).status));
      await release();
      assert.equal((await invoke(0)).StatusCode, 200);
    });

    test('what leaves too little to others, or is no number, is refused', async () => {
      const { unreserved } = await account();
      await refused(
        put(unreserved - 99),
        'InvalidParameterValueException',
        400,
        /below its minimum value of/,
      );
      await refused(put(-1), 'InvalidParameterValueException', 400);
      await refused(put(1, `${FunctionName}:1`), 'InvalidParameterValueException', 400, /functions only/);
      await refused(put(1, `${FunctionName}-not`), 'ResourceNotFoundException', 404);
    });
  });
}

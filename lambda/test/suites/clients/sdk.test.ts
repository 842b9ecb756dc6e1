import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { OPERATIONS } from '../../../src/api/lambda-api.ts';
import { operationOf } from '../../clients/model.ts';
import type { Twin } from '../../support/twin.ts';
import { caller, GRANTED, NEVER_REFUSED, openTwinForCalls, REFUSED } from '../../tables/calls.ts';
import { faultsOf, observe, type RawAnswer } from '../../tables/contract.ts';

let twin: Twin;
let call: ReturnType<typeof caller>;
const answers: RawAnswer[] = [];
before(async () => {
  twin = await openTwinForCalls();
  call = caller(twin.client);
  observe(twin.client, (answer) => answers.push(answer));
});
after(() => twin?.close());

const names = (given: RawAnswer[]) => [...new Set(given.map(({ operation }) => operation))].sort();
const all = OPERATIONS.map(({ name }) => name).sort();

function assertNoFaults(given: RawAnswer[]): void {
  const faults = given
    .map((answer) => [answer.operation, ...faultsOf(answer)])
    .filter(({ length }) => length > 1);
  assert.deepEqual(faults, []);
}

test('every operation is where the model of AWS has it', () => {
  for (const { name, route } of OPERATIONS) {
    const { method, template } = operationOf(name);
    assert.deepEqual([route.method, route.template], [method, template], name);
  }
});

test('every operation answers with what the model of AWS declares', async () => {
  answers.length = 0;
  for (const command of GRANTED) await call(command);
  assert.deepEqual(names(answers), all);
  assertNoFaults(answers);
});

test('every operation refuses with an error that the model of AWS declares', async () => {
  answers.length = 0;
  for (const command of REFUSED) await assert.rejects(call(command), command.constructor.name);
  assert.deepEqual(
    names(answers),
    all.filter((name) => !NEVER_REFUSED.includes(name)),
  );
  assertNoFaults(answers);
});

test('the judge would notice a wrong answer', () => {
  const answer = (operation: string, status: number, value: object, headers: Record<string, string> = {}) =>
    faultsOf({
      operation,
      status,
      headers: { 'x-amzn-requestid': 'r', ...headers },
      body: Buffer.from(JSON.stringify(value)),
    });
  assert.deepEqual(answer('GetFunctionConfiguration', 201, { Runtime: 'cobol85', Timeout: '3', Extra: 1 }), [
    'status 201, not 200',
    '.Extra is not in the model',
    ".Runtime has the value cobol85, none of AWS's",
    '.Timeout is no number',
  ]);
  assert.deepEqual(answer('GetFunctionUrlConfig', 200, { AuthType: 'NONE' }), [
    '.FunctionUrl is missing',
    '.FunctionArn is missing',
    '.CreationTime is missing',
    '.LastModifiedTime is missing',
  ]);
  const headers = { 'x-amzn-errortype': 'RequestTooLargeException' };
  assert.deepEqual(answer('GetFunction', 413, { message: 'x' }, headers), [
    'GetFunction declares no error RequestTooLargeException',
  ]);
});

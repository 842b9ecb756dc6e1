import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as sdk from '@aws-sdk/client-lambda';
import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import { OPERATIONS } from '../../src/engines/compute/embedded/lambda-api.ts';
import { faultsOf, observe, type RawAnswer } from './compute-contract.ts';
import { operationOf } from './compute-model.ts';
import { zipOf } from './compute-support.ts';
import { REGION, ROLE } from './compute-twin.ts';
import { openQueuesTwin, type QueuesTwin } from './queues-support.ts';

const cart = { FunctionName: 'cart' };
const nobody = { FunctionName: 'nobody' };
const Resource = `arn:aws:lambda:${REGION}:000000000000:function:cart`;
const EventSourceArn = `arn:aws:sqs:${REGION}:000000000000:orders`;
const live = { ...cart, Qualifier: 'live' };
const ZipFile = zipOf({
  'index.js': 'exports.handler = async (n) => { if (n === 1) throw new Error("no"); };',
});
const settings = { Role: ROLE, Handler: 'index.handler', Runtime: 'nodejs22.x' as const };
const code = { Code: { ZipFile } };

type Command = { input: object };

/** Each operation at least once, with members that change its answer; the order matters. */
const GRANTED: Command[] = [
  new sdk.CreateFunctionCommand({
    ...cart,
    ...settings,
    ...code,
    Description: 'the cart',
    Environment: { Variables: { COLOUR: 'green' } },
    Publish: true,
    Tags: { team: 'checkout' },
  }),
  new sdk.CreateFunctionCommand({ FunctionName: 'list', ...settings, ...code }),
  new sdk.GetFunctionCommand(cart),
  new sdk.GetFunctionConfigurationCommand({ ...cart, Qualifier: '1' }),
  new sdk.UpdateFunctionConfigurationCommand({ ...cart, Timeout: 9 }),
  new sdk.UpdateFunctionCodeCommand({ ...cart, ZipFile, Publish: true }),
  new sdk.PublishVersionCommand(cart),
  new sdk.ListFunctionsCommand({}),
  new sdk.ListFunctionsCommand({ FunctionVersion: 'ALL', MaxItems: 1 }),
  new sdk.ListVersionsByFunctionCommand(cart),
  new sdk.CreateAliasCommand({
    ...cart,
    Name: 'live',
    FunctionVersion: '1',
    RoutingConfig: { AdditionalVersionWeights: { '2': 0.1 } },
  }),
  new sdk.UpdateAliasCommand({ ...cart, Name: 'live', Description: 'shoppers' }),
  new sdk.GetAliasCommand({ ...cart, Name: 'live' }),
  new sdk.ListAliasesCommand(cart),
  new sdk.InvokeCommand({ ...live, LogType: 'Tail' }),
  new sdk.InvokeCommand({ ...cart, Payload: Buffer.from('1') }),
  new sdk.InvokeCommand({ ...cart, InvocationType: 'DryRun' }),
  new sdk.InvokeCommand({ ...live, InvocationType: 'Event' }),
  new sdk.InvokeAsyncCommand({ ...cart, InvokeArgs: Buffer.from('2') }),
  new sdk.InvokeWithResponseStreamCommand({ ...live, LogType: 'Tail' }),
  new sdk.CreateFunctionUrlConfigCommand({ ...live, AuthType: 'NONE' }),
  new sdk.UpdateFunctionUrlConfigCommand({ ...live, Cors: { AllowOrigins: ['*'], MaxAge: 5 } }),
  new sdk.GetFunctionUrlConfigCommand(live),
  new sdk.ListFunctionUrlConfigsCommand(cart),
  new sdk.AddPermissionCommand({
    ...live,
    StatementId: 'public',
    Action: 'lambda:InvokeFunctionUrl',
    Principal: '*',
    FunctionUrlAuthType: 'NONE',
  }),
  new sdk.GetPolicyCommand(live),
  new sdk.RemovePermissionCommand({ ...live, StatementId: 'public' }),
  new sdk.PutFunctionConcurrencyCommand({ ...cart, ReservedConcurrentExecutions: 5 }),
  new sdk.GetFunctionConcurrencyCommand(cart),
  new sdk.GetFunctionCommand(cart),
  new sdk.DeleteFunctionConcurrencyCommand(cart),
  new sdk.GetFunctionConcurrencyCommand(cart),
  new sdk.PutProvisionedConcurrencyConfigCommand({
    ...cart,
    Qualifier: '1',
    ProvisionedConcurrentExecutions: 1,
  }),
  new sdk.GetProvisionedConcurrencyConfigCommand({ ...cart, Qualifier: '1' }),
  new sdk.ListProvisionedConcurrencyConfigsCommand(cart),
  new sdk.DeleteProvisionedConcurrencyConfigCommand({ ...cart, Qualifier: '1' }),
  new sdk.TagResourceCommand({ Resource, Tags: { stage: 'test' } }),
  new sdk.ListTagsCommand({ Resource }),
  new sdk.UntagResourceCommand({ Resource, TagKeys: ['team', 'stage'] }),
  new sdk.CreateEventSourceMappingCommand({
    ...cart,
    EventSourceArn,
    ScalingConfig: { MaximumConcurrency: 2 },
  }),
  new sdk.ListEventSourceMappingsCommand(cart),
  new sdk.PutFunctionEventInvokeConfigCommand({ ...cart, MaximumRetryAttempts: 0 }),
  new sdk.PutFunctionEventInvokeConfigCommand({ ...live, MaximumEventAgeInSeconds: 60 }),
  new sdk.UpdateFunctionEventInvokeConfigCommand({ ...cart, MaximumEventAgeInSeconds: 60 }),
  new sdk.GetFunctionEventInvokeConfigCommand(live),
  new sdk.ListFunctionEventInvokeConfigsCommand({ ...cart, MaxItems: 1 }),
  new sdk.DeleteFunctionEventInvokeConfigCommand(live),
  new sdk.GetAccountSettingsCommand({}),
  new sdk.DeleteFunctionUrlConfigCommand(live),
  new sdk.DeleteAliasCommand({ ...cart, Name: 'live' }),
  new sdk.DeleteFunctionCommand({ ...cart, Qualifier: '2' }),
  new sdk.DeleteFunctionCommand(cart),
];

/** Each operation at least once, refused. */
const REFUSED: Command[] = [
  new sdk.CreateFunctionCommand({ FunctionName: 'list', ...settings, ...code }),
  new sdk.CreateFunctionCommand({ FunctionName: 'no name', ...settings, ...code }),
  new sdk.CreateFunctionCommand({ ...nobody, ...settings, ...code, Timeout: 901 }),
  new sdk.CreateFunctionCommand({ ...nobody, ...settings, Code: { ZipFile: Buffer.from('no zip') } }),
  new sdk.GetFunctionCommand(nobody),
  new sdk.ListFunctionsCommand({ MaxItems: 0 }),
  new sdk.ListFunctionsCommand({ Marker: '1' }),
  new sdk.GetFunctionConfigurationCommand({ FunctionName: 'list', Qualifier: '7' }),
  new sdk.UpdateFunctionConfigurationCommand({ FunctionName: 'list', RevisionId: 'another' }),
  new sdk.UpdateFunctionCodeCommand({ ...nobody, ZipFile }),
  new sdk.PublishVersionCommand({ FunctionName: 'list', CodeSha256: 'another' }),
  new sdk.ListVersionsByFunctionCommand(nobody),
  new sdk.CreateAliasCommand({ FunctionName: 'list', Name: 'live', FunctionVersion: '7' }),
  new sdk.UpdateAliasCommand({ FunctionName: 'list', Name: 'live' }),
  new sdk.GetAliasCommand({ FunctionName: 'list', Name: 'live' }),
  new sdk.DeleteAliasCommand({ ...nobody, Name: 'live' }),
  new sdk.ListAliasesCommand(nobody),
  new sdk.InvokeCommand({ ...nobody }),
  new sdk.InvokeWithResponseStreamCommand({ ...nobody }),
  new sdk.InvokeCommand({ FunctionName: 'list', Payload: Buffer.from('{') }),
  new sdk.InvokeCommand({ FunctionName: 'list', Payload: Buffer.alloc(7_000_000, '1') }),
  new sdk.InvokeCommand({ ...nobody, InvocationType: 'Event' }),
  new sdk.InvokeCommand({
    FunctionName: 'list',
    InvocationType: 'Event',
    Payload: Buffer.alloc(1_048_577, '1'),
  }),
  new sdk.InvokeAsyncCommand({ FunctionName: 'list', InvokeArgs: Buffer.from('{') }),
  new sdk.InvokeAsyncCommand({ FunctionName: 'list', InvokeArgs: Buffer.alloc(1_048_577, '1') }),
  new sdk.CreateFunctionUrlConfigCommand({ ...nobody, AuthType: 'NONE' }),
  new sdk.UpdateFunctionUrlConfigCommand({ FunctionName: 'list' }),
  new sdk.GetFunctionUrlConfigCommand({ FunctionName: 'list' }),
  new sdk.ListFunctionUrlConfigsCommand(nobody),
  new sdk.DeleteFunctionUrlConfigCommand({ FunctionName: 'list' }),
  new sdk.AddPermissionCommand({
    ...nobody,
    StatementId: 'a',
    Action: 'lambda:InvokeFunction',
    Principal: '*',
  }),
  new sdk.AddPermissionCommand({
    FunctionName: 'list',
    StatementId: 'a',
    Action: 'x'.repeat(2_000_000),
    Principal: '*',
  }),
  new sdk.GetPolicyCommand({ FunctionName: 'list' }),
  new sdk.RemovePermissionCommand({ FunctionName: 'list', StatementId: 'a' }),
  new sdk.PutFunctionConcurrencyCommand({ FunctionName: 'list', ReservedConcurrentExecutions: 901 }),
  new sdk.GetFunctionConcurrencyCommand(nobody),
  new sdk.DeleteFunctionConcurrencyCommand(nobody),
  new sdk.PutProvisionedConcurrencyConfigCommand({
    ...nobody,
    Qualifier: '1',
    ProvisionedConcurrentExecutions: 1,
  }),
  new sdk.GetProvisionedConcurrencyConfigCommand({ ...cart, Qualifier: '2' }),
  new sdk.DeleteProvisionedConcurrencyConfigCommand({ ...cart, Qualifier: '$LATEST' }),
  new sdk.ListProvisionedConcurrencyConfigsCommand(nobody),
  new sdk.PutFunctionEventInvokeConfigCommand({ FunctionName: 'list', MaximumRetryAttempts: 3 }),
  new sdk.UpdateFunctionEventInvokeConfigCommand({ FunctionName: 'list', MaximumRetryAttempts: 0 }),
  new sdk.GetFunctionEventInvokeConfigCommand({ FunctionName: 'list' }),
  new sdk.DeleteFunctionEventInvokeConfigCommand({ FunctionName: 'list' }),
  new sdk.ListFunctionEventInvokeConfigsCommand(nobody),
  new sdk.TagResourceCommand({ Resource: `${Resource}s`, Tags: { stage: 'test' } }),
  new sdk.TagResourceCommand({ Resource: `${Resource}:live`, Tags: { stage: 'test' } }),
  new sdk.UntagResourceCommand({ Resource: `${Resource}s`, TagKeys: ['team'] }),
  new sdk.ListTagsCommand({ Resource: `${Resource}s` }),
  new sdk.CreateEventSourceMappingCommand({ FunctionName: 'list', EventSourceArn: `${EventSourceArn}-not` }),
  new sdk.ListEventSourceMappingsCommand({ MaxItems: 0 }),
  new sdk.GetEventSourceMappingCommand({ UUID: 'none' }),
  new sdk.UpdateEventSourceMappingCommand({ UUID: 'none', BatchSize: 0 }),
  new sdk.DeleteEventSourceMappingCommand({ UUID: 'none' }),
  new sdk.DeleteFunctionCommand(nobody),
];

/** Operations that nothing in a request can make fail. */
const NEVER_REFUSED = ['GetAccountSettings'];

let twin: QueuesTwin;
const answers: RawAnswer[] = [];
before(async () => {
  twin = await openQueuesTwin();
  await twin.sqs.send(new CreateQueueCommand({ QueueName: 'orders' }));
  observe(twin.client, (answer) => answers.push(answer));
});
after(() => twin?.close());

const send = (command: Command) => twin.client.send(command as unknown as sdk.InvokeCommand);
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
  for (const command of GRANTED) await send(command);
  const { EventSourceMappings } = await twin.client.send(new sdk.ListEventSourceMappingsCommand({}));
  const UUID = EventSourceMappings?.[0]?.UUID;
  await send(new sdk.GetEventSourceMappingCommand({ UUID }));
  await send(new sdk.UpdateEventSourceMappingCommand({ UUID, Enabled: false }));
  await send(new sdk.DeleteEventSourceMappingCommand({ UUID }));
  assert.deepEqual(names(answers), all);
  assertNoFaults(answers);
});

test('every operation refuses with an error that the model of AWS declares', async () => {
  answers.length = 0;
  for (const command of REFUSED) await assert.rejects(send(command), command.constructor.name);
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

/**
 * Calls of the Lambda API that every official client makes: `compute-sdk.test.ts` through AWS SDK v3, and the same ones
 * `compute-boto3.test.ts` and `compute-cli.test.ts`. An operation that is registered and not called here fails them all.
 */
import * as sdk from '@aws-sdk/client-lambda';
import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import { zipOf } from '../support/functions-made.ts';
import { openQueuesTwin, type QueuesTwin } from '../support/queues-made.ts';
import { REGION, ROLE } from '../support/twin.ts';

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
const tools = { LayerName: 'tools', VersionNumber: 1 };
const noTools = { LayerName: 'none', VersionNumber: 1 };
const toolsArn = `arn:aws:lambda:${REGION}:000000000000:layer:tools:1`;
const anyone = { StatementId: 'all', Action: 'lambda:GetLayerVersion', Principal: '*' };

/** Stands for the UUID of the mapping that was made last: every client puts in what its own calls were answered. */
const MAPPING = 'the UUID of the last mapping';

export type Command = { input: object };

/** Each operation at least once, with members that change its answer; the order matters. */
export const GRANTED: Command[] = [
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
  new sdk.PutFunctionRecursionConfigCommand({ ...cart, RecursiveLoop: 'Allow' }),
  new sdk.GetFunctionRecursionConfigCommand(cart),
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
  new sdk.GetEventSourceMappingCommand({ UUID: MAPPING }),
  new sdk.UpdateEventSourceMappingCommand({ UUID: MAPPING, Enabled: false }),
  new sdk.DeleteEventSourceMappingCommand({ UUID: MAPPING }),
  new sdk.PutFunctionEventInvokeConfigCommand({ ...cart, MaximumRetryAttempts: 0 }),
  new sdk.PutFunctionEventInvokeConfigCommand({ ...live, MaximumEventAgeInSeconds: 60 }),
  new sdk.UpdateFunctionEventInvokeConfigCommand({ ...cart, MaximumEventAgeInSeconds: 60 }),
  new sdk.GetFunctionEventInvokeConfigCommand(live),
  new sdk.ListFunctionEventInvokeConfigsCommand({ ...cart, MaxItems: 1 }),
  new sdk.DeleteFunctionEventInvokeConfigCommand(live),
  new sdk.PublishLayerVersionCommand({
    LayerName: 'tools',
    Content: { ZipFile },
    CompatibleRuntimes: ['nodejs22.x'],
    CompatibleArchitectures: ['arm64'],
    LicenseInfo: 'MIT',
  }),
  new sdk.GetLayerVersionCommand(tools),
  new sdk.GetLayerVersionByArnCommand({ Arn: toolsArn }),
  new sdk.ListLayersCommand({}),
  new sdk.ListLayerVersionsCommand({ LayerName: 'tools' }),
  new sdk.UpdateFunctionConfigurationCommand({ ...cart, Layers: [toolsArn] }),
  new sdk.AddLayerVersionPermissionCommand({ ...tools, ...anyone }),
  new sdk.GetLayerVersionPolicyCommand(tools),
  new sdk.RemoveLayerVersionPermissionCommand({ ...tools, StatementId: 'all' }),
  new sdk.DeleteLayerVersionCommand(tools),
  new sdk.GetAccountSettingsCommand({}),
  new sdk.DeleteFunctionUrlConfigCommand(live),
  new sdk.DeleteAliasCommand({ ...cart, Name: 'live' }),
  new sdk.DeleteFunctionCommand({ ...cart, Qualifier: '2' }),
  new sdk.DeleteFunctionCommand(cart),
];

/** Each operation at least once, refused. */
export const REFUSED: Command[] = [
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
  new sdk.PutFunctionRecursionConfigCommand({ ...nobody, RecursiveLoop: 'Terminate' }),
  new sdk.GetFunctionRecursionConfigCommand({ FunctionName: 'cart:live' }),
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
  new sdk.PublishLayerVersionCommand({ LayerName: 'none', Content: { ZipFile: Buffer.from('no zip') } }),
  new sdk.GetLayerVersionCommand(noTools),
  new sdk.GetLayerVersionByArnCommand({ Arn: toolsArn.replace('tools', 'none') }),
  new sdk.ListLayersCommand({ MaxItems: 51 }),
  new sdk.ListLayerVersionsCommand({ LayerName: 'no name' }),
  new sdk.UpdateFunctionConfigurationCommand({ FunctionName: 'list', Layers: [toolsArn] }),
  new sdk.AddLayerVersionPermissionCommand({ ...noTools, ...anyone }),
  new sdk.GetLayerVersionPolicyCommand(noTools),
  new sdk.RemoveLayerVersionPermissionCommand({ ...noTools, StatementId: 'all' }),
  new sdk.DeleteLayerVersionCommand({ ...tools, VersionNumber: 0 }),
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
export const NEVER_REFUSED = ['GetAccountSettings'];

/** A twin with the queue that the calls name. */
export async function openTwinForCalls(): Promise<QueuesTwin> {
  const twin = await openQueuesTwin();
  await twin.sqs.send(new CreateQueueCommand({ QueueName: 'orders' }));
  return twin;
}

/** Makes calls one after the other with the SDK. */
export function caller(client: sdk.LambdaClient): (command: Command) => Promise<sdk.InvokeCommandOutput> {
  let known: string | undefined;
  return async (command) => {
    const { input } = command;
    const open = 'UUID' in input && input.UUID === MAPPING;
    const Class = command.constructor as new (input: object) => sdk.InvokeCommand;
    const answer = await client.send(new Class(open ? { ...input, UUID: known } : input));
    if ('UUID' in answer) known = String(answer.UUID);
    return answer;
  };
}

/** `CreateFunction` of a CreateFunctionCommand. */
export function operationNameOf(command: Command): string {
  return command.constructor.name.replace(/Command$/, '');
}

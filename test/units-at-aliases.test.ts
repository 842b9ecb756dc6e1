/** Weighted aliases of the control room's twin: a unit that the caller names meets one version. AWS draws. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  CreateAliasCommand,
  CreateFunctionUrlConfigCommand,
  InvokeCommand,
  InvokeWithResponseStreamCommand,
  PublishVersionCommand,
  UpdateAliasCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { callUrl, FunctionsMade } from '../lambda/test/support/functions-made.ts';
import { type OwnState, openOwnState } from '../lambda/test/support/state.ts';
import { openTwin, type Twin } from '../lambda/test/support/twin.ts';
import { judged } from '../lambda/test/tables/contract.ts';
import { UNITS } from '../src/compose/parts/units.ts';
import { until } from './until.ts';

const CROWD = Array.from({ length: 150 }, (_, n) => `person ${n}`);
const PEOPLE = CROWD.slice(0, 40);

let state: OwnState;
let twin: Twin;
let made: FunctionsMade;
let FunctionName: string;
let url: string;

before(async () => {
  state = await openOwnState();
  twin = await judged(openTwin({ state, units: UNITS }));
  made = new FunctionsMade(twin);
  FunctionName = await made.make('exports.handler = async () => process.env.AWS_LAMBDA_FUNCTION_VERSION;', {
    Publish: true,
  });
  await twin.client.send(new UpdateFunctionConfigurationCommand({ FunctionName, Timeout: 9 }));
  await twin.client.send(new PublishVersionCommand({ FunctionName }));
  const alias = { FunctionName, Name: 'live', FunctionVersion: '1' };
  await twin.client.send(new CreateAliasCommand(alias));
  await weigh(0.5);
  const configured = new CreateFunctionUrlConfigCommand({
    FunctionName,
    Qualifier: 'live',
    AuthType: 'NONE',
  });
  url = (await twin.client.send(configured)).FunctionUrl as string;
});
after(async () => {
  await made.delete();
  await twin.close();
  await state.close();
});

const weigh = (weight: number) =>
  twin.client.send(
    new UpdateAliasCommand({
      FunctionName,
      Name: 'live',
      RoutingConfig: { AdditionalVersionWeights: { '2': weight } },
    }),
  );
const input = (unit: string) => ({
  FunctionName,
  Qualifier: 'live',
  ClientContext: Buffer.from(JSON.stringify({ custom: { 'upstack.unit': unit } })).toString('base64'),
});
const invoked = async (unit: string) =>
  (await twin.client.send(new InvokeCommand(input(unit)))).ExecutedVersion;
const called = async (headers: Record<string, string>) => (await callUrl(url, { headers })).body.toString();

test('each is sent to one version, however it comes', async () => {
  const versions = new Set<string | undefined>();
  for (const unit of PEOPLE) {
    const version = await invoked(unit);
    versions.add(version);
    const streamed = new InvokeWithResponseStreamCommand(input(unit));
    assert.equal((await twin.client.send(streamed)).ExecutedVersion, version);
    const sent = encodeURIComponent(unit);
    assert.equal(await called({ baggage: `a=b,upstack.unit=${sent}` }), version);
    assert.equal(await called({ 'x-upstack-unit': sent }), version);
    assert.equal(await called({ cookie: `a=b; upstack_unit=${sent}` }), version);
  }
  assert.deepEqual([...versions].sort(), ['1', '2']);
});

test('an event keeps its unit until it runs', async () => {
  for (const unit of PEOPLE.slice(0, 10)) {
    const sending = new InvokeCommand({ ...input(unit), InvocationType: 'Event' });
    const { requestId } = (await twin.client.send(sending)).$metadata;
    const report = () => twin.reports.find((one) => one.requestId === requestId);
    await until('the event ran', () => report() !== undefined);
    assert.equal(report()?.version, await invoked(unit));
  }
});

test('who has met the other version stays with it while its weight grows', async () => {
  await weigh(0.2);
  const early = [];
  for (const unit of CROWD) if ((await invoked(unit)) === '2') early.push(unit);
  assert.ok(early.length > 0 && early.length < CROWD.length, `${early.length}`);
  await weigh(0.6);
  for (const unit of early) assert.equal(await invoked(unit), '2');
});

test('what is no unit is left to chance', async () => {
  await weigh(0.5);
  const versions = await Promise.all(Array.from({ length: 40 }, () => invoked('')));
  assert.equal(new Set(versions).size, 2);
});

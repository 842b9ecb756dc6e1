import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { PublishLayerVersionCommand } from '@aws-sdk/client-lambda';
import { openTwin, type Twin } from '../support/twin.ts';
import { Application, bundled, fixture, packageOf } from './application.ts';

let twin: Twin;
let application: Application;
/** Answers as AppConfig's extension does at its port. */
let extension: Server;
let configuration: object = { isEnabled: false };
const asked: (string | undefined)[] = [];

before(async () => {
  extension = createServer((request, response) => {
    asked.push(request.url);
    response.setHeader('content-type', 'application/json').end(JSON.stringify(configuration));
  });
  await new Promise<void>((resolve) => extension.listen(0, '127.0.0.1', resolve));
  twin = await openTwin();
  const sdk = { 'nodejs/node_modules/aws-sdk/index.js': readFileSync(fixture('failure/aws-sdk.js')) };
  const Content = { ZipFile: packageOf(sdk) };
  const layer = await twin.client.send(new PublishLayerVersionCommand({ LayerName: 'aws-sdk', Content }));
  const code = await bundled(fixture('failure/index.js'), { external: ['aws-sdk'] });
  application = await Application.deploy(twin, packageOf(code), {
    Layers: [layer.LayerVersionArn as string],
    Timeout: 3,
    Environment: {
      Variables: {
        FAILURE_APPCONFIG_APPLICATION: 'shop',
        FAILURE_APPCONFIG_ENVIRONMENT: 'test',
        FAILURE_APPCONFIG_CONFIGURATION: 'faults',
        AWS_APPCONFIG_EXTENSION_HTTP_PORT: String((extension.address() as AddressInfo).port),
      },
    },
  });
});
after(async () => {
  extension.close();
  extension.closeAllConnections();
  await twin.close();
});

const served = (n: number) => ({ served: n, by: application.name });
const durationOf = (requestId: string) =>
  twin.reports.find((report) => report.requestId === requestId)?.durationMs ?? 0;

test('failure-lambda leaves the function alone while it is switched off', async () => {
  const { payload } = await application.invoke({ n: 1 });
  assert.deepEqual(payload, served(1));
  assert.deepEqual(asked, ['/applications/shop/environments/test/configurations/faults']);
});

test('failure-lambda makes the function slow', async () => {
  configuration = { isEnabled: true, failureMode: 'latency', rate: 1, minLatency: 300, maxLatency: 400 };
  const { payload, requestId, log } = await application.invoke({ n: 2 });
  assert.deepEqual(payload, served(2));
  assert.match(log, /Injecting 3\d\d ms latency\./);
  assert.ok(durationOf(requestId) >= 299, `${durationOf(requestId)} ms`);
});

test('latency above the timeout ends the invocation', async () => {
  configuration = {
    isEnabled: true,
    failureMode: 'latency',
    rate: 1,
    minLatency: 60_000,
    maxLatency: 60_001,
  };
  const { error, payload } = await application.invoke({ n: 3 });
  assert.equal(error, 'Unhandled');
  assert.match(String(payload.errorMessage), /Task timed out after 3\.00 seconds$/);
});

test('failure-lambda makes the function throw', async () => {
  configuration = { isEnabled: true, failureMode: 'exception', rate: 1, exceptionMsg: 'chaos' };
  const { error, payload } = await application.invoke({ n: 4 });
  assert.equal(error, 'Unhandled');
  assert.deepEqual([payload.errorType, payload.errorMessage], ['Error', 'chaos']);
});

test('failure-lambda answers with a status of its own, and stops when it is switched off', async () => {
  configuration = { isEnabled: true, failureMode: 'statuscode', rate: 1, statusCode: 502 };
  assert.deepEqual((await application.invoke({ n: 5 })).payload, { statusCode: 502 });
  configuration = { isEnabled: false };
  assert.deepEqual((await application.invoke({ n: 6 })).payload, served(6));
});

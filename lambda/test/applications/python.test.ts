import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PublishLayerVersionCommand } from '@aws-sdk/client-lambda';
import { callUrl } from '../support/functions-made.ts';
import { openTwin, type Twin } from '../support/twin.ts';
import { Application, filesBelow, fixture, packageOf } from './application.ts';

let twin: Twin;
let url: string;
let layer: string;

const deploy = (Handler: string) =>
  Application.deploy(twin, packageOf(filesBelow(fixture('python/app'))), {
    Runtime: 'python3.13',
    Handler,
    Layers: [layer],
  });

before(async () => {
  twin = await openTwin();
  const ZipFile = packageOf(filesBelow(fixture('python/layer')));
  const command = new PublishLayerVersionCommand({
    LayerName: 'prices',
    Content: { ZipFile },
    CompatibleRuntimes: ['python3.13'],
  });
  layer = (await twin.client.send(command)).LayerVersionArn as string;
  url = await (await deploy('handler.lambda_handler')).openUrl();
});
after(() => twin.close());

test('a Python handler uses a package of its layer, with the data in it', async () => {
  const answer = await callUrl(`${url}?product=caf%C3%A9`);
  assert.equal(answer.status, 200, answer.body.toString());
  const { requestId, ...rest } = JSON.parse(answer.body.toString());
  assert.deepEqual(rest, { cents: 320, started: 1, left: true, region: 'eu-west-1' });
  assert.deepEqual(answer.headers['set-cookie'], ['seen=1']);
  const [line = ''] = twin.lines.filter((one) => one.requestId === requestId).map(({ line }) => line);
  assert.match(line, new RegExp(`^\\[INFO\\]\\t\\S+Z\\t${requestId}\\tprice of café$`));
  const missing = await callUrl(`${url}?product=gold`);
  assert.deepEqual([missing.status, missing.body.toString()], [404, '{"missing": "gold"}']);
});

test('an error from the package of a layer comes with its trace', async () => {
  const application = await deploy('handler.broken');
  const { error, payload } = await application.invoke({ product: 'größe' });
  assert.equal(error, 'Unhandled');
  assert.deepEqual([payload.errorType, payload.errorMessage], ['NoSuchProduct', 'no price for größe']);
  assert.match((payload.stackTrace as string[]).join(''), /handler\.py.*line.*prices\/__init__\.py/s);
});

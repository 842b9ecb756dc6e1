import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  type CreateFunctionCommandInput,
  DeleteLayerVersionCommand,
  InvokeCommand,
  PublishVersionCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import { type ComputeUnderTest, executableZip, FunctionsMade, json } from '../../support/functions-made.ts';
import { LayersMade } from '../../support/layers-made.ts';

const WRAPPER = '#!/bin/bash\nexport WRAPPED="by $(basename "$0"), runtime $#"\nexec "$@"\n';
/** The custom runtime of the sample application in bash. */
const BOOTSTRAP = readFileSync(join(import.meta.dirname, '../../applications/bash/bootstrap'), 'utf8');

/** What functions must find in their layers, judged with the official SDK client. */
export function layerFilesConformance(engine: string, open: () => Promise<ComputeUnderTest>): void {
  describe(`files of layers: ${engine}`, () => {
    let under: ComputeUnderTest;
    let made: FunctionsMade;
    let layers: LayersMade;

    before(async () => {
      under = await open();
      made = new FunctionsMade(under);
      layers = new LayersMade(under);
    });
    after(async () => {
      await made.delete();
      await layers.delete();
      await under.close();
    });

    const call = async (FunctionName: string, Qualifier = '$LATEST') => {
      const answer = await under.client.send(new InvokeCommand({ FunctionName, Qualifier }));
      return { failed: answer.FunctionError !== undefined, payload: json(answer.Payload) };
    };
    const result = async (FunctionName: string, Qualifier?: string) => {
      const { failed, payload } = await call(FunctionName, Qualifier);
      assert.ok(!failed, JSON.stringify(payload));
      return payload;
    };
    const python = (code: string, more: Partial<CreateFunctionCommandInput>) =>
      made.make('', {
        Runtime: 'python3.12',
        Code: { ZipFile: executableZip({ 'index.py': code }) },
        ...more,
      });

    test('a later layer replaces files of an earlier one, and the order is what the function says', async () => {
      const module = (name: string) => `nodejs/node_modules/${name}/index.js`;
      const one = await layers.make({
        [module('shared')]: 'module.exports = "one";',
        [module('first')]: 'module.exports = "first";',
      });
      const two = await layers.make({
        [module('shared')]: 'module.exports = "two";',
        [module('second')]: 'module.exports = "second";',
      });
      const FunctionName = await made.make(
        'exports.handler = async () => ["shared", "first", "second"].map((name) => require(name));',
        { Layers: [one, two] },
      );
      assert.deepEqual(await result(FunctionName), ['two', 'first', 'second']);
      await under.client.send(new PublishVersionCommand({ FunctionName }));
      const turned = new UpdateFunctionConfigurationCommand({ FunctionName, Layers: [two, one] });
      await under.client.send(turned);
      await waitUntilFunctionUpdatedV2(
        { client: under.client, maxWaitTime: 60, minDelay: 1 },
        { FunctionName },
      );
      assert.deepEqual(await result(FunctionName), ['one', 'first', 'second']);
      assert.deepEqual(await result(FunctionName, '1'), ['two', 'first', 'second']);
    });

    test('a module for one version of Node goes before one for all, the own module before both', async () => {
      const layer = await layers.make({
        'nodejs/node_modules/any/index.js': 'module.exports = "any";',
        'nodejs/node_modules/both/index.js': 'module.exports = "any";',
        'nodejs/node22/node_modules/both/index.js': 'module.exports = "22";',
        'nodejs/node_modules/own/index.js': 'module.exports = "of the layer";',
      });
      const FunctionName = await made.make('', {
        Code: {
          ZipFile: executableZip({
            'index.js': 'exports.handler = async () => ["any", "both", "own"].map((name) => require(name));',
            'node_modules/own/index.js': 'module.exports = "its own";',
          }),
        },
        Layers: [layer],
      });
      assert.deepEqual(await result(FunctionName), ['any', '22', 'its own']);
    });

    test('programs of a layer are in the path', async () => {
      const layer = await layers.make({ 'bin/greet': '#!/bin/sh\necho "hello $1"\n' });
      const FunctionName = await made.make(
        'const { execFileSync } = require("node:child_process"); exports.handler = async () => execFileSync("greet", ["you"]).toString();',
        { Layers: [layer] },
      );
      assert.equal(await result(FunctionName), 'hello you\n');
    });

    test('packages for Python are found in python/ and below its site-packages', async () => {
      const layer = await layers.make({
        'python/plain.py': 'WHERE = "python"',
        'python/lib/python3.12/site-packages/versioned/__init__.py': 'WHERE = "site-packages"',
      });
      const FunctionName = await python(
        'import plain, versioned\ndef handler(event, context):\n  return [plain.WHERE, versioned.WHERE]\n',
        { Layers: [layer] },
      );
      assert.deepEqual(await result(FunctionName), ['python', 'site-packages']);
    });

    test('the bootstrap of a custom runtime may be in a layer', async () => {
      const layer = await layers.make({ bootstrap: BOOTSTRAP });
      const FunctionName = await made.make('', {
        Runtime: 'provided.al2023',
        Code: { ZipFile: executableZip({ 'index.sh': `handler() { echo '"from the layer"'; }` }) },
        Layers: [layer],
      });
      assert.equal(await result(FunctionName), 'from the layer');
    });

    test('a deleted version goes on working for functions that have it', async () => {
      const LayerName = layers.newName();
      const files = { 'nodejs/node_modules/kept/index.js': 'module.exports = "still there";' };
      const { LayerVersionArn = '' } = await layers.publish(LayerName, files);
      const FunctionName = await made.make('exports.handler = async () => require("kept");', {
        Layers: [LayerVersionArn],
      });
      await under.client.send(new DeleteLayerVersionCommand({ LayerName, VersionNumber: 1 }));
      assert.equal(await result(FunctionName), 'still there');
    });

    test('a wrapper script starts the runtime of Node and of Python', async () => {
      const layer = await layers.make({ 'wrap.sh': WRAPPER });
      const more = {
        Layers: [layer],
        Environment: { Variables: { AWS_LAMBDA_EXEC_WRAPPER: '/opt/wrap.sh' } },
      };
      const inNode = await made.make('exports.handler = async () => process.env.WRAPPED;', more);
      assert.match(String(await result(inNode)), /^by wrap\.sh, runtime \d+$/);
      const inPython = await python(
        'import os\ndef handler(event, context):\n  return os.environ["WRAPPED"]\n',
        more,
      );
      assert.match(String(await result(inPython)), /^by wrap\.sh, runtime \d+$/);
    });

    test('a wrapper script may add options to the runtime', async () => {
      const layer = await layers.make({
        wrap: '#!/bin/bash\nruntime=$1\nshift\nexec "$runtime" -X utf8=1 -W error "$@"\n',
      });
      const FunctionName = await python(
        'import sys\ndef handler(event, context):\n  return [sys.flags.utf8_mode, sys.warnoptions]\n',
        { Layers: [layer], Environment: { Variables: { AWS_LAMBDA_EXEC_WRAPPER: '/opt/wrap' } } },
      );
      assert.deepEqual(await result(FunctionName), [1, ['error']]);
    });

    test('a wrapper script that cannot be started fails the invocation', async () => {
      for (const [wrapper, status] of [
        ['/opt/none', 127],
        ['/var/task/index.js', 126],
      ]) {
        const FunctionName = await made.make('exports.handler = async () => 1;', {
          Environment: { Variables: { AWS_LAMBDA_EXEC_WRAPPER: String(wrapper) } },
        });
        const { failed, payload } = await call(FunctionName);
        assert.ok(failed);
        const { errorType, errorMessage } = payload as { errorType: string; errorMessage: string };
        assert.equal(errorType, 'Runtime.ExitError');
        assert.match(errorMessage, new RegExp(`exit status ${status}$`));
      }
    });

    test('options for Node may name a file of a layer', async () => {
      const layer = await layers.make({
        'instrument.js': 'globalThis.instrumented = "by require";',
        'instrument.mjs': 'globalThis.instrumented += ", by import";',
      });
      const FunctionName = await made.make('exports.handler = async () => globalThis.instrumented;', {
        Layers: [layer],
        Environment: {
          Variables: { NODE_OPTIONS: '--require /opt/instrument.js --import=/opt/instrument.mjs' },
        },
      });
      assert.equal(await result(FunctionName), 'by require, by import');
    });

    test('the handler may be in a layer, as an ES module too', async () => {
      const layer = await layers.make({
        'package.json': '{"type":"module"}',
        'wrap.js': 'export const handler = async () => typeof require;',
      });
      const FunctionName = await made.make('', { Handler: '/opt/wrap.handler', Layers: [layer] });
      assert.equal(await result(FunctionName), 'undefined');
    });
  });
}

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  type CreateFunctionCommandInput,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  type LoggingConfig,
  type Runtime,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import { pythonPath } from '../../../src/catalog/runtimes.ts';
import { type ComputeUnderTest, FunctionsMade, refused, zipOf } from '../../support/functions-made.ts';

const NODE = `
exports.handler = async ({ fail }) => {
  console.debug('quiet');
  console.log('said %d', 1, { a: [1] });
  console.warn({ cart: 'c1' });
  console.error('failed', new RangeError('no'));
  process.stdout.write('raw line\\n');
  if (fail) throw new TypeError('thrown');
};`;
const PYTHON = `
import logging
def handler(event, context):
    logging.getLogger("cart").debug("quiet")
    logging.warning("said %d", 1)
    try:
        raise ValueError("no")
    except ValueError:
        logging.exception("failed", extra={"order": {"id": 7}})
    print("raw line")
`;

/** What holds of the logs of functions, in Lambda and in its twin. */
export function loggingConformance(name: string, open: () => Promise<ComputeUnderTest>) {
  describe(`logging: ${name}`, () => {
    let under: ComputeUnderTest;
    let functions: FunctionsMade;
    before(async () => {
      under = await open();
      functions = new FunctionsMade(under);
    });
    after(async () => {
      await functions.delete();
      await under.close();
    });

    async function linesOf(FunctionName: string, payload: object = {}): Promise<string[]> {
      const Payload = Buffer.from(JSON.stringify(payload));
      const answer = await under.client.send(new InvokeCommand({ FunctionName, Payload, LogType: 'Tail' }));
      const log = Buffer.from(answer.LogResult ?? '', 'base64').toString('utf8');
      return log.split('\n').filter((line) => line !== '');
    }

    async function jsonLines(FunctionName: string, payload: object = {}) {
      const lines = await linesOf(FunctionName, payload);
      return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
    }

    const make = (LoggingConfig: LoggingConfig, more: Partial<CreateFunctionCommandInput> = {}) =>
      functions.make(NODE, { LoggingConfig, ...more });

    test('the configuration is shown with its defaults, and changed in parts', async () => {
      const FunctionName = await make({ LogFormat: 'JSON' });
      const shown = async () =>
        (await under.client.send(new GetFunctionConfigurationCommand({ FunctionName }))).LoggingConfig;
      const LogGroup = `/aws/lambda/${FunctionName}`;
      const usual = { LogFormat: 'JSON', ApplicationLogLevel: 'INFO', SystemLogLevel: 'INFO', LogGroup };
      assert.deepEqual(await shown(), usual);
      const change = async (LoggingConfig: LoggingConfig) => {
        await under.client.send(new UpdateFunctionConfigurationCommand({ FunctionName, LoggingConfig }));
        await waitUntilFunctionUpdatedV2({ client: under.client, maxWaitTime: 60 }, { FunctionName });
      };
      await change({ ApplicationLogLevel: 'WARN' });
      assert.deepEqual(await shown(), { ...usual, ApplicationLogLevel: 'WARN' });
      await change({ LogFormat: 'Text' });
      assert.deepEqual(await shown(), { LogFormat: 'Text', LogGroup });
      const levels = change({ SystemLogLevel: 'WARN' });
      await refused(levels, 'InvalidParameterValueException', 400, /LogFormat is set to JSON/);
    });

    test('in text, each call of console is a line with its time, request and level', async () => {
      const lines = (await linesOf(await make({ LogFormat: 'Text' }))).map((line) =>
        line.replace(/^[\d-]+T[\d:.]+Z\t[0-9a-f-]{36}\t/, 'TIME ID '),
      );
      assert.ok(lines.includes('TIME ID DEBUG\tquiet'));
      assert.ok(lines.includes('TIME ID INFO\tsaid 1 { a: [ 1 ] }'));
      assert.ok(lines.includes("TIME ID WARN\t{ cart: 'c1' }"));
      assert.ok(lines.some((line) => line.startsWith('TIME ID ERROR\tfailed RangeError: no')));
      assert.ok(lines.includes('raw line'));
    });

    test('in JSON, each call of console is an object, and what is below the level is not there', async () => {
      const FunctionName = await make({ LogFormat: 'JSON', ApplicationLogLevel: 'INFO' });
      const lines = await jsonLines(FunctionName);
      const own = lines.filter(({ level }) => level !== undefined);
      const { requestId } = own[0];
      assert.match(requestId, /^[0-9a-f-]{36}$/);
      for (const { timestamp, requestId: id } of own) {
        assert.match(timestamp, /^[\d-]+T[\d:.]+Z$/);
        assert.equal(id, requestId);
      }
      const [said, warned, failed] = own;
      assert.deepEqual([said.level, said.message], ['INFO', 'said 1 { a: [ 1 ] }']);
      assert.deepEqual([warned.level, warned.message], ['WARN', { cart: 'c1' }]);
      assert.deepEqual([failed.level, failed.errorType, failed.errorMessage], ['ERROR', 'RangeError', 'no']);
      assert.match(failed.stackTrace[0], /^RangeError: no/);
      assert.equal(own.length, 3);
      assert.ok((await linesOf(FunctionName)).includes('raw line'));
    });

    test('in JSON, what the handler throws is an object too', async () => {
      const lines = await jsonLines(await make({ LogFormat: 'JSON' }), { fail: true });
      const thrown = lines.find(({ message }) => message?.errorType === 'TypeError');
      assert.equal(thrown.level, 'ERROR');
      assert.equal(thrown.message.errorMessage, 'thrown');
    });

    test('in JSON, the system log is events of the platform, down to its level', async () => {
      const typesAt = async (SystemLogLevel: 'DEBUG' | 'INFO' | 'WARN') => {
        const lines = await jsonLines(await make({ LogFormat: 'JSON', SystemLogLevel }));
        return lines
          .map(({ type }) => type)
          .filter((type) => /^platform\.(start|runtimeDone|report)$/.test(type));
      };
      assert.deepEqual(await typesAt('DEBUG'), ['platform.start', 'platform.runtimeDone', 'platform.report']);
      assert.deepEqual(await typesAt('INFO'), ['platform.start', 'platform.report']);
      assert.deepEqual(await typesAt('WARN'), []);
    });

    test("Python's logging has the same formats and levels", {
      skip: pythonPath() ? false : 'no python3',
    }, async () => {
      const python = {
        Runtime: 'python3.12' as Runtime,
        Handler: 'app.handler',
        Code: { ZipFile: zipOf({ 'app.py': PYTHON }) },
      };
      const text = await linesOf(await make({ LogFormat: 'Text' }, python));
      assert.ok(
        text.some((line) => /^\[WARNING\]\t[\d-]+T[\d:.]+Z\t[0-9a-f-]{36}\tsaid 1$/.test(line)),
        text.join('\n'),
      );
      const FunctionName = await make({ LogFormat: 'JSON', ApplicationLogLevel: 'ERROR' }, python);
      const own = (await jsonLines(FunctionName)).filter(({ level }) => level !== undefined);
      assert.deepEqual(
        own.map(({ level, message, logger, errorType, errorMessage }) => [
          level,
          message,
          logger,
          errorType,
          errorMessage,
        ]),
        [['ERROR', 'failed', 'root', 'ValueError', 'no']],
      );
      assert.match(own[0].requestId, /^[0-9a-f-]{36}$/);
      assert.match(own[0].timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      assert.match(own[0].location, /app\.py:handler:\d+$/);
      assert.deepEqual([own[0].order, own[0].stackTrace.length], [{ id: 7 }, 1]);
      assert.ok((await linesOf(FunctionName)).includes('raw line'));
    });
  });
}

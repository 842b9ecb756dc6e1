import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import {
  AddPermissionCommand,
  CreateAliasCommand,
  CreateFunctionCommand,
  CreateFunctionUrlConfigCommand,
  DeleteAliasCommand,
  DeleteFunctionCommand,
  DeleteFunctionUrlConfigCommand,
  GetAccountSettingsCommand,
  GetAliasCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  GetFunctionUrlConfigCommand,
  InvokeCommand,
  type InvokeCommandOutput,
  type LambdaClient,
  ListAliasesCommand,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  paginateListFunctions,
  type Runtime,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionActiveV2,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import { type ComputeUnderTest, callUrl, json, zipOf } from '../../support/functions-made.ts';

interface Made {
  name?: string;
  handler?: string;
  runtime?: string;
  timeout?: number;
  environment?: Record<string, string>;
}

const ECHO = 'exports.handler = async (event, context) => ({ event, version: context.functionVersion });';

/** What every compute engine must do, judged with the official SDK client. */
export function computeConformance(engine: string, open: () => Promise<ComputeUnderTest>): void {
  describe(`compute conformance: ${engine}`, () => {
    let under: ComputeUnderTest;
    let client: LambdaClient;
    const made = new Set<string>();

    before(async () => {
      under = await open();
      client = under.client;
    });
    after(async () => {
      for (const FunctionName of made) {
        await client.send(new DeleteFunctionCommand({ FunctionName })).catch(() => {});
      }
      await under.close();
    });

    async function make(files: Record<string, string> | Uint8Array, options: Made = {}): Promise<string> {
      const FunctionName = options.name ?? `upstack-test-${randomUUID()}`;
      await client.send(
        new CreateFunctionCommand({
          FunctionName,
          Role: under.role,
          Handler: options.handler ?? 'index.handler',
          Runtime: (options.runtime ?? 'nodejs22.x') as Runtime,
          Timeout: options.timeout ?? 10,
          Code: { ZipFile: files instanceof Uint8Array ? files : zipOf(files) },
          ...(options.environment ? { Environment: { Variables: options.environment } } : {}),
        }),
      );
      made.add(FunctionName);
      await waitUntilFunctionActiveV2({ client, maxWaitTime: 60, minDelay: 1 }, { FunctionName });
      return FunctionName;
    }

    function invoke(FunctionName: string, payload: unknown = {}, Qualifier?: string) {
      const Payload = Buffer.from(JSON.stringify(payload));
      return client.send(new InvokeCommand({ FunctionName, Payload, ...(Qualifier ? { Qualifier } : {}) }));
    }

    async function failure(FunctionName: string, payload: unknown = {}) {
      const answer: InvokeCommandOutput = await invoke(FunctionName, payload);
      assert.equal(answer.StatusCode, 200);
      assert.equal(answer.FunctionError, 'Unhandled');
      return json(answer.Payload) as { errorType?: string; errorMessage: string; trace?: string[] };
    }

    const refused = (sending: Promise<unknown>, name: string, status: number) =>
      assert.rejects(sending, (error: Error & { $metadata: { httpStatusCode: number } }) => {
        assert.equal(error.name, name, error.message);
        assert.equal(error.$metadata.httpStatusCode, status);
        return true;
      });

    test('a function is created, described, changed, published and deleted', async () => {
      const FunctionName = await make({ 'index.js': ECHO }, { environment: { COLOUR: 'green' } });
      const { Configuration } = await client.send(new GetFunctionCommand({ FunctionName }));
      assert.equal(Configuration?.State, 'Active');
      assert.equal(Configuration.LastUpdateStatus, 'Successful');
      assert.equal(Configuration.Version, '$LATEST');
      assert.equal(Configuration.MemorySize, 128);
      assert.deepEqual(Configuration.Environment?.Variables, { COLOUR: 'green' });
      assert.match(Configuration.FunctionArn ?? '', new RegExp(`:function:${FunctionName}$`));
      assert.match(Configuration.CodeSha256 ?? '', /^[A-Za-z0-9+/]{43}=$/);
      assert.match(Configuration.LastModified ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/);
      assert.deepEqual(json((await invoke(FunctionName, { a: [1, 'ü'] })).Payload), {
        event: { a: [1, 'ü'] },
        version: '$LATEST',
      });

      const first = await client.send(new PublishVersionCommand({ FunctionName }));
      assert.equal(first.Version, '1');
      assert.match(first.FunctionArn ?? '', /:1$/);
      const same = await client.send(new PublishVersionCommand({ FunctionName }));
      assert.equal(same.Version, '1', 'nothing changed, so no version is made');

      await client.send(
        new UpdateFunctionConfigurationCommand({ FunctionName, Timeout: 7, MemorySize: 256 }),
      );
      await waitUntilFunctionUpdatedV2({ client, maxWaitTime: 60 }, { FunctionName });
      const changed = await client.send(new GetFunctionConfigurationCommand({ FunctionName }));
      assert.equal(changed.Timeout, 7);
      assert.equal(changed.MemorySize, 256);
      assert.notEqual(changed.RevisionId, Configuration.RevisionId);
      assert.deepEqual(changed.Environment?.Variables, { COLOUR: 'green' });

      const { Versions } = await client.send(new ListVersionsByFunctionCommand({ FunctionName }));
      assert.deepEqual(
        Versions?.map((v) => v.Version),
        ['$LATEST', '1'],
      );
      const names: (string | undefined)[] = [];
      for await (const page of paginateListFunctions({ client }, {})) {
        names.push(...(page.Functions ?? []).map((f) => f.FunctionName));
      }
      assert.ok(names.includes(FunctionName));

      await client.send(new DeleteFunctionCommand({ FunctionName }));
      await refused(invoke(FunctionName), 'ResourceNotFoundException', 404);
      await refused(client.send(new GetFunctionCommand({ FunctionName })), 'ResourceNotFoundException', 404);
    });

    test('an alias routes by its weights, and moves', async () => {
      const FunctionName = await make({ 'index.js': 'exports.handler = async () => "one";' });
      await client.send(new PublishVersionCommand({ FunctionName }));
      await client.send(
        new UpdateFunctionCodeCommand({
          FunctionName,
          ZipFile: zipOf({ 'index.js': 'exports.handler = async () => "two";' }),
        }),
      );
      await waitUntilFunctionUpdatedV2({ client, maxWaitTime: 60 }, { FunctionName });
      assert.equal(json((await invoke(FunctionName)).Payload), 'two');
      await client.send(new PublishVersionCommand({ FunctionName }));

      const alias = { FunctionName, Name: 'live' };
      await client.send(new CreateAliasCommand({ ...alias, FunctionVersion: '1' }));
      assert.equal((await invoke(FunctionName, {}, 'live')).ExecutedVersion, '1');
      await client.send(
        new UpdateAliasCommand({ ...alias, RoutingConfig: { AdditionalVersionWeights: { '2': 0.1 } } }),
      );
      const described = await client.send(new GetAliasCommand(alias));
      assert.deepEqual(described.RoutingConfig?.AdditionalVersionWeights, { '2': 0.1 });

      const counts = { one: 0, two: 0 };
      const total = 10_000;
      let left = total;
      const lane = async () => {
        while (left-- > 0) {
          const answer = await invoke(FunctionName, {}, 'live');
          const value = json(answer.Payload) as 'one' | 'two';
          assert.equal(answer.ExecutedVersion, value === 'one' ? '1' : '2');
          counts[value]++;
        }
      };
      await Promise.all([lane(), lane(), lane(), lane()]);
      const halfWidth = 3.29 * Math.sqrt(total * 0.1 * 0.9);
      assert.equal(counts.one + counts.two, total);
      assert.ok(
        Math.abs(counts.two - 1_000) <= halfWidth,
        `2 ran ${counts.two} of ${total} times, 1,000 expected`,
      );

      await client.send(
        new UpdateAliasCommand({
          ...alias,
          FunctionVersion: '2',
          RoutingConfig: { AdditionalVersionWeights: {} },
        }),
      );
      assert.equal((await invoke(FunctionName, {}, 'live')).ExecutedVersion, '2');
      const { Aliases } = await client.send(new ListAliasesCommand({ FunctionName }));
      assert.deepEqual(
        Aliases?.map((a) => [a.Name, a.FunctionVersion]),
        [['live', '2']],
      );
      await client.send(new DeleteAliasCommand(alias));
      await refused(invoke(FunctionName, {}, 'live'), 'ResourceNotFoundException', 404);
    });

    test('handlers of every form are called', async () => {
      const forms: [string, Record<string, string>, string?][] = [
        ['CommonJS', { 'index.js': 'exports.handler = async () => "ok";' }],
        ['CommonJS with .cjs', { 'index.cjs': 'exports.handler = async () => "ok";' }],
        ['a module', { 'index.mjs': 'export const handler = async () => "ok";' }],
        [
          'a module by package.json',
          {
            'package.json': '{"type":"module"}',
            'index.js': 'const ok = await Promise.resolve("ok"); export const handler = async () => ok;',
          },
        ],
        ['a callback', { 'index.js': 'exports.handler = (e, c, done) => setTimeout(done, 5, null, "ok");' }],
        [
          'a callback that does not wait',
          {
            'index.js':
              'exports.handler = (e, c, done) => { c.callbackWaitsForEmptyEventLoop = false; setInterval(() => {}, 1000); done(null, "ok"); };',
          },
        ],
        ['a nested export', { 'src/app.js': 'exports.api = { get: async () => "ok" };' }, 'src/app.api.get'],
      ];
      for (const [form, files, handler] of forms) {
        const FunctionName = await make(files, handler ? { handler } : {});
        const answer = await invoke(FunctionName);
        assert.equal(json(answer.Payload), 'ok', form);
        assert.equal(json((await invoke(FunctionName)).Payload), 'ok', `${form}, again`);
      }
    });

    test('a handler that returns nothing answers null', async () => {
      const FunctionName = await make({ 'index.js': 'exports.handler = async () => {};' });
      assert.equal(json((await invoke(FunctionName)).Payload), null);
    });

    test('the context and the environment are those of Lambda', async () => {
      const FunctionName = await make(
        {
          'index.js': `exports.handler = async (event, context) => ({
            name: context.functionName, arn: context.invokedFunctionArn, memory: context.memoryLimitInMB,
            request: context.awsRequestId, remaining: context.getRemainingTimeInMillis(),
            group: context.logGroupName, env: process.env, trace: process.env._X_AMZN_TRACE_ID });`,
        },
        { environment: { COLOUR: 'green' } },
      );
      const answer = await invoke(FunctionName);
      const seen = json(answer.Payload) as Record<string, unknown> & { env: Record<string, string> };
      assert.equal(seen.name, FunctionName);
      assert.equal(seen.memory, '128');
      assert.equal(seen.request, answer.$metadata.requestId);
      assert.equal(seen.group, `/aws/lambda/${FunctionName}`);
      assert.match(String(seen.arn), new RegExp(`:function:${FunctionName}$`));
      assert.match(String(seen.trace), /^Root=1-[0-9a-f]{8}-[0-9a-f]{24}/);
      assert.ok(Number(seen.remaining) > 5_000 && Number(seen.remaining) <= 10_000);
      assert.equal(seen.env.COLOUR, 'green');
      assert.equal(seen.env.AWS_LAMBDA_FUNCTION_NAME, FunctionName);
      assert.equal(seen.env.AWS_LAMBDA_FUNCTION_VERSION, '$LATEST');
      assert.equal(seen.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE, '128');
      assert.equal(seen.env._HANDLER, 'index.handler');
      assert.equal(seen.env.TZ, ':UTC');
      assert.ok(seen.env.LAMBDA_TASK_ROOT);
    });

    test('what the function throws reaches the caller', async () => {
      const FunctionName = await make({
        'index.js': `exports.handler = async ({ how }) => {
          if (how === 'throw') throw new TypeError('no such colour');
          if (how === 'text') throw 'plain text';
          if (how === 'cycle') { const a = {}; a.a = a; return a; }
          return 'fine';
        };`,
      });
      const thrown = await failure(FunctionName, { how: 'throw' });
      assert.equal(thrown.errorType, 'TypeError');
      assert.equal(thrown.errorMessage, 'no such colour');
      assert.match(thrown.trace?.[0] ?? '', /TypeError: no such colour/);
      const text = await failure(FunctionName, { how: 'text' });
      assert.deepEqual([text.errorType, text.errorMessage], ['string', 'plain text']);
      assert.match((await failure(FunctionName, { how: 'cycle' })).errorMessage, /stringify/);
      assert.equal(json((await invoke(FunctionName)).Payload), 'fine');
    });

    test('code that cannot start says why', async () => {
      const cases: [string, string, Record<string, string>, string?][] = [
        ['Runtime.ImportModuleError', "Cannot find module 'index'", { 'other.js': ECHO }],
        [
          'Runtime.ImportModuleError',
          "Cannot find module 'missing-one'",
          { 'index.js': 'require("missing-one")' },
        ],
        [
          'Runtime.HandlerNotFound',
          'index.nothing is undefined or not exported',
          { 'index.js': ECHO },
          'index.nothing',
        ],
        ['Runtime.UserCodeSyntaxError', 'SyntaxError', { 'index.js': 'exports.handler = async ( => 1' }],
        ['RangeError', 'at start', { 'index.js': 'throw new RangeError("at start")' }],
      ];
      for (const [type, message, files, handler] of cases) {
        const error = await failure(await make(files, handler ? { handler } : {}));
        assert.equal(error.errorType, type);
        assert.ok(error.errorMessage.includes(message), error.errorMessage);
      }
    });

    test('a function that takes too long is killed at its timeout', async () => {
      const FunctionName = await make(
        {
          'index.js':
            'exports.handler = async ({ spin }) => { while (spin); return process.env.AWS_LAMBDA_LOG_STREAM_NAME; };',
        },
        { timeout: 1 },
      );
      const before = json((await invoke(FunctionName)).Payload);
      const since = performance.now();
      const error = await failure(FunctionName, { spin: true });
      const tookMs = performance.now() - since;
      assert.match(error.errorMessage, /Task timed out after 1\.00 seconds$/);
      assert.ok(tookMs >= 999 && tookMs < 4_000, `it took ${tookMs} ms`);
      assert.notEqual(
        json((await invoke(FunctionName)).Payload),
        before,
        'the next one has a new environment',
      );
    });

    test('a function that ends its process fails, and the next invocation works', async () => {
      const FunctionName = await make({
        'index.js': `exports.handler = async ({ code, late }) => {
          if (late) { setTimeout(() => { throw new Error('late'); }); await new Promise((r) => setTimeout(r, 5000)); }
          if (code !== undefined) process.exit(code);
          return 'alive'; };`,
      });
      const one = await failure(FunctionName, { code: 1 });
      assert.equal(one.errorType, 'Runtime.ExitError');
      assert.match(
        one.errorMessage,
        /^RequestId: [0-9a-f-]{36} Error: Runtime exited with error: exit status 1$/,
      );
      const none = await failure(FunctionName, { code: 0 });
      assert.match(none.errorMessage, /Runtime exited without providing a reason$/);
      assert.equal((await failure(FunctionName, { late: true })).errorMessage, 'late');
      assert.equal(json((await invoke(FunctionName)).Payload), 'alive');
    });

    test('the log tail comes with the answer that asked for it', async () => {
      const FunctionName = await make({
        'index.js':
          'exports.handler = async () => { console.log("first"); console.error("second"); return 1; };',
      });
      const answer = await client.send(new InvokeCommand({ FunctionName, LogType: 'Tail' }));
      const log = Buffer.from(answer.LogResult ?? '', 'base64').toString('utf8');
      assert.match(log, /^START RequestId: \S+ Version: \$LATEST$/m);
      assert.match(log, /^\d{4}-\d\d-\d\dT[\d:.]+Z\t\S+\tINFO\tfirst$/m);
      assert.match(log, /^\d{4}-\d\d-\d\dT[\d:.]+Z\t\S+\tERROR\tsecond$/m);
      assert.match(
        log,
        /^REPORT RequestId: \S+\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\tMemory Size: 128 MB/m,
      );
      assert.equal((await invoke(FunctionName)).LogResult, undefined);
    });

    test('a dry run invokes nothing', async () => {
      const FunctionName = await make({ 'index.js': ECHO });
      const answer = await client.send(new InvokeCommand({ FunctionName, InvocationType: 'DryRun' }));
      assert.equal(answer.StatusCode, 204);
    });

    test('inputs that Lambda refuses are refused', async () => {
      const FunctionName = await make({ 'index.js': ECHO });
      await refused(make({ 'index.js': ECHO }, { name: FunctionName }), 'ResourceConflictException', 409);
      await refused(
        make({ 'index.js': ECHO }, { runtime: 'cobol85' }),
        'InvalidParameterValueException',
        400,
      );
      await refused(
        make({ 'index.js': ECHO }, { environment: { AWS_REGION: 'here' } }),
        'InvalidParameterValueException',
        400,
      );
      await refused(
        make({ 'index.js': ECHO }, { environment: { LARGE: 'x'.repeat(4_096) } }),
        'InvalidParameterValueException',
        400,
      );
      await refused(invoke(FunctionName, {}, 'nowhere'), 'ResourceNotFoundException', 404);
      await refused(invoke(FunctionName, {}, '7'), 'ResourceNotFoundException', 404);
      await refused(
        client.send(new CreateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: '7' })),
        'ResourceNotFoundException',
        404,
      );
      await refused(
        client.send(
          new UpdateFunctionConfigurationCommand({ FunctionName, Timeout: 5, RevisionId: randomUUID() }),
        ),
        'PreconditionFailedException',
        412,
      );
      await refused(
        client.send(new InvokeCommand({ FunctionName, Payload: Buffer.from('{"half":') })),
        'InvalidRequestContentException',
        400,
      );
    });

    test('a payload above 6 MB is refused and the next request works', async () => {
      const FunctionName = await make({
        'index.js': 'exports.handler = async (event) => event.text.length;',
      });
      const largest = 6_291_456 - JSON.stringify({ text: '' }).length;
      assert.equal(json((await invoke(FunctionName, { text: 'x'.repeat(largest) })).Payload), largest);
      await refused(
        invoke(FunctionName, { text: 'x'.repeat(7 * 1024 * 1024) }),
        'RequestTooLargeException',
        413,
      );
      assert.equal(json((await invoke(FunctionName, { text: 'x' })).Payload), 1);
    });

    test('a response above 6 MB is a function error', async () => {
      const FunctionName = await make({ 'index.js': 'exports.handler = async (n) => "x".repeat(n);' });
      const error = await failure(FunctionName, 7 * 1024 * 1024);
      assert.equal(error.errorType, 'Function.ResponseSizeTooLarge');
      assert.equal(json((await invoke(FunctionName, 3)).Payload), 'xxx');
    });

    test('packages that lead outside or cannot be read are refused', async () => {
      const good = zipOf({ 'index.js': ECHO });
      const bad: [string, Uint8Array][] = [
        ['no zip', Buffer.from('this is no zip file')],
        ['half a zip', good.subarray(0, good.length - 30)],
        ['a climbing name', zipOf({ 'index.js': ECHO, '../outside.js': ECHO })],
        ['a climbing name inside', zipOf({ 'index.js': ECHO, 'a/../../outside.js': ECHO })],
        ['an absolute name', zipOf({ 'index.js': ECHO, '/tmp/outside.js': ECHO })],
        ['no entry', zipOf({})],
      ];
      for (const [what, zip] of bad) {
        await assert.rejects(make(zip), (error: Error) => {
          assert.equal(error.name, 'InvalidParameterValueException', what);
          return true;
        });
      }
    });

    test('a function URL carries requests and answers in payload format 2.0', async () => {
      const FunctionName = await make({
        'index.mjs': `export const handler = async (event) => {
          if (event.rawPath === '/plain') return { any: 'value' };
          if (event.rawPath === '/bytes') return { statusCode: 200, headers: { 'Content-Type': 'image/png' },
            isBase64Encoded: true, body: Buffer.from([0, 255, 10]).toString('base64') };
          if (event.rawPath === '/throw') throw new Error('no');
          return { statusCode: 201, headers: { 'X-Colour': 'green' }, cookies: ['a=1; Path=/', 'b=2'],
            body: JSON.stringify(event) };
        };`,
      });
      await client.send(new PublishVersionCommand({ FunctionName }));
      await client.send(new CreateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: '1' }));
      const target = { FunctionName, Qualifier: 'live' };
      await client.send(
        new AddPermissionCommand({
          ...target,
          StatementId: 'public',
          Action: 'lambda:InvokeFunctionUrl',
          Principal: '*',
          FunctionUrlAuthType: 'NONE',
        }),
      );
      const made = await client.send(new CreateFunctionUrlConfigCommand({ ...target, AuthType: 'NONE' }));
      const url = made.FunctionUrl as string;
      assert.equal((await client.send(new GetFunctionUrlConfigCommand(target))).FunctionUrl, url);
      await refused(
        client.send(new CreateFunctionUrlConfigCommand({ ...target, AuthType: 'NONE' })),
        'ResourceConflictException',
        409,
      );

      const answer = await callUrl(`${url}a%20b/c?x=1&x=2&y=%C3%BC`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', cookie: 'u=7; v=8', 'x-request': 'r1' },
        body: Buffer.from('{"sent":true}'),
      });
      assert.equal(answer.status, 201);
      assert.equal(answer.headers['x-colour'], 'green');
      assert.deepEqual(answer.headers['set-cookie'], ['a=1; Path=/', 'b=2']);
      const event = JSON.parse(answer.body.toString());
      assert.equal(event.version, '2.0');
      assert.equal(event.rawQueryString, 'x=1&x=2&y=%C3%BC');
      assert.deepEqual(event.queryStringParameters, { x: '1,2', y: 'ü' });
      assert.deepEqual(event.cookies, ['u=7', 'v=8']);
      assert.equal(event.headers['x-request'], 'r1');
      assert.equal(event.headers.cookie, undefined);
      assert.equal(event.requestContext.http.method, 'POST');
      assert.equal(event.requestContext.apiId, new URL(url).host.split('.')[0]);
      assert.deepEqual([event.body, event.isBase64Encoded], ['{"sent":true}', false]);

      const binary = await callUrl(`${url}up`, { method: 'PUT', body: Buffer.from([1, 2, 255]) });
      const received = JSON.parse(binary.body.toString());
      assert.deepEqual([received.body, received.isBase64Encoded], ['AQL/', true]);
      const plain = await callUrl(`${url}plain`);
      assert.deepEqual([plain.status, plain.body.toString()], [200, '{"any":"value"}']);
      assert.match(plain.headers['content-type'] ?? '', /application\/json/);
      const bytes = await callUrl(`${url}bytes`);
      assert.deepEqual([...bytes.body], [0, 255, 10]);
      assert.equal(bytes.headers['content-type'], 'image/png');
      assert.equal((await callUrl(`${url}throw`)).status, 502);

      await client.send(new DeleteFunctionUrlConfigCommand(target));
      await refused(client.send(new GetFunctionUrlConfigCommand(target)), 'ResourceNotFoundException', 404);
    });

    test('the account tells its limits', async () => {
      const { AccountLimit, AccountUsage } = await client.send(new GetAccountSettingsCommand({}));
      assert.ok((AccountLimit?.ConcurrentExecutions ?? 0) >= 1_000);
      assert.ok((AccountUsage?.FunctionCount ?? -1) >= 0);
    });
  });
}

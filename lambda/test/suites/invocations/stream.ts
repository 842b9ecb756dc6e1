import assert from 'node:assert/strict';
import { type IncomingMessage, request } from 'node:http';
import { after, before, describe, test } from 'node:test';
import {
  AddPermissionCommand,
  CreateFunctionUrlConfigCommand,
  InvokeCommand,
  InvokeWithResponseStreamCommand,
  type InvokeWithResponseStreamCommandInput,
  type InvokeWithResponseStreamCompleteEvent,
} from '@aws-sdk/client-lambda';
import { type ComputeUnderTest, callUrl, FunctionsMade, refused } from '../../support/functions-made.ts';

const PAUSE_MS = 400;
const SLOW = `exports.handler = awslambda.streamifyResponse(async (event, stream) => {
  stream.setContentType('text/plain');
  for (const word of event.words ?? ['one', 'two', 'three']) {
    stream.write(word);
    await new Promise((resolve) => setTimeout(resolve, ${PAUSE_MS}));
  }
  if (event.fail) throw new TypeError('half way');
  stream.end();
});`;
const PAGE = `exports.handler = awslambda.streamifyResponse(async (event, stream) => {
  const page = awslambda.HttpResponseStream.from(stream, {
    statusCode: 201, headers: { 'Content-Type': 'text/x', 'X-One': '1' }, cookies: ['a=1', 'b=2'],
  });
  page.write(event.rawPath);
  await new Promise((resolve) => setTimeout(resolve, ${PAUSE_MS}));
  page.write(Buffer.alloc(200000, 'z'));
  if (event.rawPath === '/broken') throw new Error('half way');
  page.end();
});`;

interface Streamed {
  /** Each part with the milliseconds since the call. */
  parts: [text: string, atMs: number][];
  complete: InvokeWithResponseStreamCompleteEvent | undefined;
  contentType: string | undefined;
}

/** What every compute engine must do with responses that are written bit by bit, judged with the official SDK client. */
export function streamConformance(engine: string, open: () => Promise<ComputeUnderTest>): void {
  describe(`response streaming: ${engine}`, () => {
    let under: ComputeUnderTest;
    let made: FunctionsMade;
    let slow: string;

    before(async () => {
      under = await open();
      made = new FunctionsMade(under);
      slow = await made.make(SLOW, { Timeout: 20 });
      // The first invocation starts an environment; the others are about streaming alone.
      await under.client.send(
        new InvokeCommand({ FunctionName: slow, Payload: Buffer.from('{"words":[]}') }),
      );
    });
    after(async () => {
      await made.delete();
      await under.close();
    });

    async function streamed(
      event: object,
      more: Partial<InvokeWithResponseStreamCommandInput> = {},
    ): Promise<Streamed> {
      const input = { FunctionName: slow, Payload: Buffer.from(JSON.stringify(event)), ...more };
      const since = performance.now();
      const answer = await under.client.send(new InvokeWithResponseStreamCommand(input));
      const parts: Streamed['parts'] = [];
      let complete: Streamed['complete'];
      for await (const { PayloadChunk, InvokeComplete } of answer.EventStream ?? []) {
        if (PayloadChunk) {
          parts.push([Buffer.from(PayloadChunk.Payload ?? []).toString('utf8'), performance.now() - since]);
        }
        complete = InvokeComplete ?? complete;
      }
      return { parts, complete, contentType: answer.ResponseStreamContentType };
    }

    test('parts arrive while the function goes on writing', async (context) => {
      const { parts, complete } = await streamed({});
      assert.deepEqual(
        parts.map(([text]) => text),
        ['one', 'two', 'three'],
      );
      const [first, second, third] = parts.map(([, atMs]) => atMs) as [number, number, number];
      context.diagnostic(`parts after ${parts.map(([, atMs]) => Math.round(atMs)).join(', ')} ms`);
      assert.ok(
        second - first > PAUSE_MS / 2 && third - second > PAUSE_MS / 2,
        `${first} ${second} ${third}`,
      );
      assert.deepEqual(complete, {});
    });

    test('an error after the first part is told at the end, the log with it when it is asked for', async () => {
      const { parts, complete } = await streamed({ words: ['half'], fail: true }, { LogType: 'Tail' });
      assert.deepEqual(
        parts.map(([text]) => text),
        ['half'],
      );
      assert.equal(complete?.ErrorCode, 'TypeError');
      assert.equal(JSON.parse(complete?.ErrorDetails ?? '').errorMessage, 'half way');
      assert.match(
        Buffer.from(complete?.LogResult ?? '', 'base64').toString(),
        /half way[\s\S]*REPORT RequestId/,
      );
      const { parts: again } = await streamed({ words: ['well'] });
      assert.equal(again[0]?.[0], 'well', 'the next invocation works');
    });

    test('a function that does not stream answers in one part, a failing one in none', async () => {
      const FunctionName = await made.make(
        'exports.handler = async ({ fail }) => { if (fail) throw new Error("no"); return [1]; };',
      );
      const whole = await streamed({}, { FunctionName });
      assert.deepEqual([whole.parts.map(([text]) => text), whole.complete], [['[1]'], {}]);
      const failed = await streamed({ fail: true }, { FunctionName });
      assert.deepEqual([failed.parts, failed.complete?.ErrorCode], [[], 'Error']);
    });

    test('a plain invocation of a function that streams gets the whole', async () => {
      const { Payload } = await under.client.send(
        new InvokeCommand({ FunctionName: slow, Payload: Buffer.from('{"words":["a","b"]}') }),
      );
      assert.equal(Buffer.from(Payload ?? []).toString('utf8'), 'ab');
    });

    test('a function that is not there is an error, not a stream', async () => {
      await refused(streamed({}, { FunctionName: 'nobody' }), 'ResourceNotFoundException', 404);
    });

    test('a function URL in RESPONSE_STREAM mode sends status and headers first, and the body as it comes', async () => {
      const FunctionName = await made.make(PAGE, { Timeout: 20 });
      for (const statement of [
        { StatementId: 'url', Action: 'lambda:InvokeFunctionUrl', FunctionUrlAuthType: 'NONE' as const },
        { StatementId: 'invoke', Action: 'lambda:InvokeFunction', InvokedViaFunctionUrl: true },
      ]) {
        await under.client.send(new AddPermissionCommand({ FunctionName, Principal: '*', ...statement }));
      }
      const input = { FunctionName, AuthType: 'NONE' as const, InvokeMode: 'RESPONSE_STREAM' as const };
      const made201 = await under.client.send(new CreateFunctionUrlConfigCommand(input));
      assert.equal(made201.InvokeMode, 'RESPONSE_STREAM');
      const url = made201.FunctionUrl as string;
      const answer = await callUrl(`${url}path`);
      assert.equal(answer.status, 201);
      assert.deepEqual([answer.headers['content-type'], answer.headers['x-one']], ['text/x', '1']);
      assert.deepEqual(answer.headers['set-cookie'], ['a=1', 'b=2']);
      assert.equal(answer.body.length, '/path'.length + 200_000);
      assert.equal(answer.body.subarray(0, 6).toString(), '/pathz');
      await assert.rejects(callUrl(`${url}broken`), /aborted|hang up|ECONNRESET/);
      if (engine === 'twin')
        assert.ok((await firstPartOf(url)) < PAUSE_MS, 'the first part does not wait for the last');
    });
  });
}

/** Milliseconds from the headers of an answer to the first part of its body, less than the pause when it streams. */
function firstPartOf(address: string): Promise<number> {
  const url = new URL(address);
  return new Promise((resolve, reject) => {
    const since = performance.now();
    const sending = request({ host: '127.0.0.1', port: url.port, path: '/x', headers: { host: url.host } });
    sending.on('response', (response: IncomingMessage) => {
      response.once('data', () => {
        resolve(performance.now() - since);
        response.destroy();
      });
    });
    sending.on('error', reject);
    sending.end();
  });
}

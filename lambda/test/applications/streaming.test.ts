import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { InvokeWithResponseStreamCommand } from '@aws-sdk/client-lambda';
import { openTwin, type Twin } from '../support/twin.ts';
import { Application, filesBelow, fixture, packageOf } from './application.ts';

let twin: Twin;
let url: string;
let application: Application;

/** Holds the function back after each part until the reader has it: a stream that waits for the end never ends. */
class Gate {
  #waiting = new Map<string, PromiseWithResolvers<ServerResponse>>();
  #server: Server = createServer(({ url: path = '' }, response) => this.#at(path).resolve(response));
  address = '';

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.address = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async open(part: number): Promise<void> {
    (await this.#at(`/${part}`).promise).end();
    this.#waiting.delete(`/${part}`);
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #at(path: string): PromiseWithResolvers<ServerResponse> {
    const known = this.#waiting.get(path) ?? Promise.withResolvers<ServerResponse>();
    this.#waiting.set(path, known);
    return known;
  }
}

const gate = new Gate();
before(async () => {
  await gate.listen();
  twin = await openTwin();
  application = await Application.deploy(twin, packageOf(filesBelow(fixture('streaming'))));
  url = await application.openUrl('RESPONSE_STREAM');
});
after(async () => {
  gate.close();
  await twin.close();
});

const PARTS = ['id: 0\ndata: first\n\n', 'id: 1\ndata: second\n\n', 'id: 2\ndata: third\n\n'];

test('each part of a stream comes through a function URL before the next one is written', async () => {
  const answer = await opened(`${url}events?gate=${encodeURIComponent(gate.address)}`);
  assert.equal(answer.statusCode, 203);
  assert.equal(answer.headers['content-type'], 'text/event-stream');
  assert.match(answer.headers['x-request'] as string, /^[0-9a-f-]{36}$/);
  assert.deepEqual(answer.headers['set-cookie'], ['seen=1; Path=/', 'theme=dark']);
  const parts: string[] = [];
  for await (const part of answer) {
    parts.push(String(part));
    await gate.open(parts.length - 1);
  }
  assert.deepEqual(parts, PARTS);
});

test('each part comes through the API before the next one is written', async () => {
  const Payload = Buffer.from(JSON.stringify({ gate: gate.address }));
  const command = new InvokeWithResponseStreamCommand({ FunctionName: application.name, Payload });
  const { EventStream = [] } = await twin.client.send(command);
  const parts: string[] = [];
  for await (const { PayloadChunk, InvokeComplete } of EventStream as AsyncIterable<{
    PayloadChunk?: { Payload?: Uint8Array };
    InvokeComplete?: { ErrorCode?: string };
  }>) {
    assert.equal(InvokeComplete?.ErrorCode, undefined);
    if (!PayloadChunk?.Payload) continue;
    parts.push(Buffer.from(PayloadChunk.Payload).toString());
    await gate.open(parts.length - 1);
  }
  assert.deepEqual(parts, PARTS);
});

test('a compressed stream arrives as it was written', async () => {
  const answer = await opened(`${url}gzip`);
  assert.equal(answer.headers['content-encoding'], 'gzip');
  const bytes = Buffer.concat(await answer.toArray());
  assert.equal(gunzipSync(bytes).toString(), 'x'.repeat(1_000_000));
});

function opened(address: string): Promise<IncomingMessage> {
  const { host, port, pathname, search } = new URL(address);
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path: pathname + search, headers: { host } }, resolve)
      .on('error', reject)
      .end();
  });
}

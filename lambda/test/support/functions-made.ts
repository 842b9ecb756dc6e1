import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import {
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  DeleteFunctionCommand,
  type LambdaClient,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import { strToU8, zipSync } from 'fflate';

/** A compute engine that the conformance suite talks to, and how to leave it. */
export interface ComputeUnderTest {
  client: LambdaClient;
  /** ARN of an execution role. */
  role: string;
  close(): Promise<void>;
}

/** Functions that a suite makes, each with a name of its own, to be deleted when the suite ends. */
export class FunctionsMade {
  #under: ComputeUnderTest;
  #names: string[] = [];

  constructor(under: ComputeUnderTest) {
    this.#under = under;
  }

  /** Makes a function whose CommonJS `index.js` is `code` and waits until it can be invoked. Returns its name. */
  async make(code: string, more: Partial<CreateFunctionCommandInput> = {}): Promise<string> {
    const { client, role } = this.#under;
    const FunctionName = `upstack-test-${randomUUID()}`;
    const command = new CreateFunctionCommand({
      FunctionName,
      Role: role,
      Handler: 'index.handler',
      Runtime: 'nodejs22.x',
      Code: { ZipFile: zipOf({ 'index.js': code }) },
      ...more,
    });
    await client.send(command);
    this.#names.push(FunctionName);
    await waitUntilFunctionActiveV2({ client, maxWaitTime: 60, minDelay: 1 }, { FunctionName });
    return FunctionName;
  }

  async delete(): Promise<void> {
    for (const FunctionName of this.#names) {
      await this.#under.client.send(new DeleteFunctionCommand({ FunctionName })).catch(() => {});
    }
  }
}

/** The call is refused with this error and status. */
export async function refused(sending: Promise<unknown>, name: string, status: number, reason = /./) {
  await assert.rejects(sending, (error: Error & { $metadata: { httpStatusCode: number } }) => {
    assert.equal(error.name, name, error.message);
    assert.equal(error.$metadata.httpStatusCode, status);
    assert.match(error.message, reason);
    return true;
  });
}

export function zipOf(files: Record<string, string>): Uint8Array {
  return zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])));
}

export function json(payload: Uint8Array | undefined): unknown {
  return JSON.parse(Buffer.from(payload ?? new Uint8Array()).toString('utf8'));
}

export interface UrlResponse {
  status: number;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

/** A request to a function URL; `.localhost` names go to the loopback address whatever the resolver says. */
export function callUrl(
  address: string,
  options: { method?: string; headers?: Record<string, string>; body?: Uint8Array } = {},
): Promise<UrlResponse> {
  const url = new URL(address);
  const local = url.hostname.endsWith('.localhost');
  const make = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request: ClientRequest = make(
      {
        host: local ? '127.0.0.1' : url.hostname,
        port: url.port,
        path: url.pathname + url.search,
        method: options.method ?? 'GET',
        headers: { ...options.headers, host: url.host },
      },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(parts),
          }),
        );
      },
    );
    request.on('error', reject);
    request.end(options.body);
  });
}

/** A zip whose files may all be executed: made as on Unix (3), with the mode in the upper half of the attributes. */
export function executableZip(files: Record<string, string>): Uint8Array {
  const entries = Object.entries(files).map(([name, text]) => [
    name,
    [Buffer.from(text), { os: 3, attrs: (0o100755 << 16) >>> 0, level: 1 }] as const,
  ]);
  return zipSync(Object.fromEntries(entries));
}

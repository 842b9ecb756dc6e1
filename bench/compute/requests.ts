/**
 * Invocations as the official SDK sends and signs them, prepared before the clock starts: the benchmark measures the
 * server, not the caller's signing. Each has its own payload, hence its own signature.
 */
import { InvokeCommand, LambdaClient, type LambdaClientConfig } from '@aws-sdk/client-lambda';
import { CREDENTIALS, REGION } from './account.ts';

interface SentRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Uint8Array;
}

/** Complete HTTP requests. Bodies have 34 bytes plus `members`. Signatures are valid for 15 minutes. */
export async function invocations(
  port: number,
  name: string,
  count: number,
  members: object = {},
  caller = { region: REGION, credentials: CREDENTIALS },
): Promise<Buffer[]> {
  const sent: Buffer[] = [];
  const requestHandler = {
    async handle(request: SentRequest) {
      sent.push(bytesOf(request));
      return { response: { statusCode: 200, headers: {}, body: new Uint8Array() } };
    },
  };
  const client = new LambdaClient({
    endpoint: `http://127.0.0.1:${port}`,
    ...caller,
    requestHandler: requestHandler as unknown as NonNullable<LambdaClientConfig['requestHandler']>,
  });
  for (let i = 0; i < count; i++) {
    const Payload = Buffer.from(
      JSON.stringify({ name: 'bench', order: String(i).padStart(7, '0'), ...members }),
    );
    await client.send(new InvokeCommand({ FunctionName: name, Payload }));
  }
  return sent;
}

function bytesOf({ method, path, headers, body }: SentRequest): Buffer {
  const lines = Object.entries(headers).map(([header, value]) => `${header}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`), body]);
}

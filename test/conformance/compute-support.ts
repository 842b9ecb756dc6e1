import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import { strToU8, zipSync } from 'fflate';

/** A compute engine that the conformance suite talks to, and how to leave it. */
export interface ComputeUnderTest {
  client: LambdaClient;
  /** ARN of an execution role. */
  role: string;
  close(): Promise<void>;
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
      async (response) => {
        const parts: Buffer[] = [];
        for await (const part of response) parts.push(part as Buffer);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) });
      },
    );
    request.on('error', reject);
    request.end(options.body);
  });
}

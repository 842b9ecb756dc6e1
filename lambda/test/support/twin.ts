import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { listen } from '../../src/http/server.ts';
import { type FunctionLogLine, type InvocationReport, type LambdaOptions, open } from '../../src/lambda.ts';
import type { ComputeUnderTest } from './functions-made.ts';

export const REGION = 'eu-west-1';
export const ROLE = 'arn:aws:iam::000000000000:role/upstack';
export const CREDENTIALS = {
  accessKeyId: 'AKIAUPSTACKTEST00000',
  secretAccessKey: 'a secret for tests only',
};

export interface Twin extends ComputeUnderTest {
  endpoint: string;
  directory: string;
  /** Whether functions run in sandboxes, and if not why. */
  isolation: string;
  reports: InvocationReport[];
  lines: FunctionLogLine[];
  /** Runs events that are due, after the clock was advanced. */
  wake(): void;
}

/** The twin on a loopback port of its own; its directory is removed unless one was given. */
export async function openTwin(
  options: Pick<LambdaOptions, 'concurrencyPerVersion' | 'state' | 'clock' | 'isolation' | 'units'> & {
    directory?: string;
  } = {},
): Promise<Twin> {
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'upstack-compute-')));
  const reports: InvocationReport[] = [];
  const lines: FunctionLogLine[] = [];
  const server = await listen(0);
  const twin = await open({
    ...options,
    directory,
    region: REGION,
    accountId: '000000000000',
    credentials: CREDENTIALS,
    functionUrl: (id) => `http://${id}.lambda-url.localhost:${server.port}/`,
    onInvocation: (report) => reports.push(report),
    onLog: (line) => lines.push(line),
    draw: seededDraw(),
  });
  server.serve(twin);
  const { endpoint } = server;
  const client = new LambdaClient({ endpoint, region: REGION, credentials: CREDENTIALS, maxAttempts: 1 });
  return {
    client,
    role: ROLE,
    endpoint,
    directory,
    isolation: twin.isolation,
    reports,
    lines,
    wake: () => twin.wake(),
    async close() {
      client.destroy();
      await server.close();
      await twin.close();
      if (options.directory === undefined) await rm(directory, { recursive: true });
    },
  };
}

/** Routing draws that are the same in every run: a linear congruential generator (Numerical Recipes' constants). */
function seededDraw(): () => number {
  let state = 20_260_131;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { HttpDoor } from '../../../src/doors/http/server.ts';
import { sqsRoute } from '../../sqs/api/http.ts';
import { systemClock } from '../../src/clock.ts';
import { lambdaRoutes } from '../../src/http/routes.ts';
import { errorLog } from '../../src/log.ts';
import type { Clock, FunctionLogLine, InvocationReport, StateEngine } from '../../src/ports.ts';
import { EmbeddedRuntime } from '../../src/runtime.ts';
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
  /** Looks for due events: after the clock was moved. */
  wake(): void;
}

/** The twin behind the control room's door on a loopback port; its directory is removed unless one was given. */
export async function openTwin(
  options: {
    directory?: string;
    concurrencyPerVersion?: number;
    state?: StateEngine;
    clock?: Clock;
    isolation?: 'auto' | 'off';
  } = {},
): Promise<Twin> {
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'upstack-compute-')));
  const reports: InvocationReport[] = [];
  const lines: FunctionLogLine[] = [];
  const log = errorLog;
  let port = 0;
  const runtime = await EmbeddedRuntime.open({
    directory,
    region: REGION,
    accountId: '000000000000',
    functionUrl: (id) => `http://${id}.lambda-url.localhost:${port}/`,
    onInvocation: (report) => reports.push(report),
    onLog: (line) => lines.push(line),
    clock: options.clock ?? systemClock,
    log,
    draw: seededDraw(),
    isolation: options.isolation ?? 'auto',
    ...(options.state ? { state: options.state } : {}),
    ...(options.concurrencyPerVersion ? { concurrencyPerVersion: options.concurrencyPerVersion } : {}),
  });
  const origins = { hosts: [] };
  const door = await HttpDoor.open({ host: '127.0.0.1', port: 0, origins, log });
  const signed = { credentials: CREDENTIALS, region: REGION, clock: systemClock };
  const { sockets, raw } = lambdaRoutes({ runtime, origins, ...signed });
  await door.serve({ sockets, raw: [...raw, sqsRoute({ runtime, ...signed })] }, () => {});
  port = door.port;
  const endpoint = door.url;
  const client = new LambdaClient({ endpoint, region: REGION, credentials: CREDENTIALS, maxAttempts: 1 });
  return {
    client,
    role: ROLE,
    endpoint,
    directory,
    isolation: runtime.isolation,
    reports,
    lines,
    wake: () => runtime.wake(),
    async close() {
      client.destroy();
      await door.close();
      await runtime.close();
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

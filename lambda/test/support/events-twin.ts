/** The twin with a state engine and a clock that can be moved: in a moment what takes AWS minutes and hours. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { InvokeCommand, PutFunctionEventInvokeConfigCommand } from '@aws-sdk/client-lambda';
import { type Kysely, sql } from 'kysely';
import { DEFAULT_SETTINGS } from '../../sqs/attributes.ts';
import { createQueue } from '../../sqs/queue-store.ts';
import type { MessageAttributes, QueueTables } from '../../sqs/tables.ts';
import { systemClock } from '../../src/clock.ts';
import { judged } from '../tables/contract.ts';
import { FunctionsMade } from './functions-made.ts';
import { type OwnState, openOwnState } from './state.ts';
import { openTwin, REGION, type Twin } from './twin.ts';
import { until } from './until.ts';

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

/** Says what it got, and fails when it is told to. */
export const TELLING = `exports.handler = async (event, context) => {
  console.log('got ' + JSON.stringify({ event, version: context.functionVersion, arn: context.invokedFunctionArn,
    client: context.clientContext, trace: process.env._X_AMZN_TRACE_ID }));
  await new Promise((resolve) => setTimeout(resolve, event.ms ?? 0));
  if (event.fail) throw new Error('as told');
  return { done: event };
};`;

interface Got {
  requestId: string;
  event: unknown;
  version: string;
  arn: string;
  client?: unknown;
  trace: string;
}

export class EventInvocationsTwin {
  twin!: Twin;
  made!: FunctionsMade;
  #directory: string;
  readonly state: OwnState;
  #aheadMs = 0;

  private constructor(directory: string, state: OwnState) {
    this.#directory = directory;
    this.state = state;
  }

  static async open(): Promise<EventInvocationsTwin> {
    const directory = await mkdtemp(join(tmpdir(), 'upstack-events-'));
    const events = new EventInvocationsTwin(directory, await openOwnState());
    await events.reopen();
    return events;
  }

  /** Opens the twin (again) on the same data. */
  async reopen(): Promise<void> {
    const clock = { now: () => systemClock.now() + this.#aheadMs, monotonic: systemClock.monotonic };
    this.twin = await judged(openTwin({ directory: this.#directory, state: this.state, clock }));
    this.made = new FunctionsMade(this.twin);
  }

  async close(): Promise<void> {
    await this.twin.close();
    await this.state.close();
    await rm(this.#directory, { recursive: true, force: true });
  }

  /** Sends an event; returns its request id. */
  async send(FunctionName: string, payload: unknown = {}, more: object = {}): Promise<string> {
    const Payload = Buffer.from(JSON.stringify(payload));
    const input = { FunctionName, InvocationType: 'Event' as const, Payload, ...more };
    const { $metadata } = await this.twin.client.send(new InvokeCommand(input));
    assert.equal($metadata.httpStatusCode, 202);
    return $metadata.requestId ?? '';
  }

  advance(ms: number): void {
    this.#aheadMs += ms;
    this.twin.wake();
  }

  /** Everything that the function was given, in order. */
  got(functionName: string): Got[] {
    return this.twin.lines
      .filter((line) => line.functionName === functionName && line.line.includes('got '))
      .map(({ requestId, line }) => ({ requestId, ...JSON.parse(line.slice(line.indexOf('got ') + 4)) }));
  }

  async gotTimes(functionName: string, times: number): Promise<void> {
    await until(`attempt ${times} of ${functionName}`, () => this.got(functionName).length >= times);
  }

  /** So many attempts are over: what follows from the last is settled by the time that it is now. */
  async ranTimes(functionName: string, times: number): Promise<void> {
    const ended = () => this.twin.reports.filter((report) => report.functionName === functionName);
    await until(`the end of attempt ${times} of ${functionName}`, () => ended().length >= times);
  }

  /** Nothing more comes: the worker looked at the time that it is now, and left it. */
  async staysAt(functionName: string, times: number): Promise<void> {
    this.twin.wake();
    await pause(150);
    assert.equal(this.got(functionName).length, times);
  }

  /** Events of the functions that are left. */
  async left(names: string[]): Promise<number> {
    const counted = sql<{ count: number }>`
      select count(*)::int as count from event_invocations where function_name = any(${names})`;
    const { rows } = await this.state.run((database: Kysely<object>) => counted.execute(database));
    return rows[0]?.count ?? 0;
  }

  /** Configures the events of a function; destinations are the names of functions, or ARNs. */
  async configure(
    FunctionName: string,
    settings: { retries?: number; age?: number; onSuccess?: string; onFailure?: string },
  ): Promise<void> {
    const to = (target: string | undefined) => (target ? { Destination: arnOf(target) } : {});
    await this.twin.client.send(
      new PutFunctionEventInvokeConfigCommand({
        FunctionName,
        ...(settings.retries !== undefined && { MaximumRetryAttempts: settings.retries }),
        ...(settings.age !== undefined && { MaximumEventAgeInSeconds: settings.age }),
        DestinationConfig: { OnSuccess: to(settings.onSuccess), OnFailure: to(settings.onFailure) },
      }),
    );
  }

  /** Makes a queue; returns its name. */
  async queue(): Promise<string> {
    const name = `upstack-test-${randomUUID()}`;
    await this.state.run((database: Kysely<QueueTables>) =>
      createQueue(database, name, DEFAULT_SETTINGS, {}, Date.now()),
    );
    return name;
  }

  async messages(queue: string): Promise<{ body: string; attributes: MessageAttributes }[]> {
    return await this.state.run((database: Kysely<QueueTables>) =>
      database
        .selectFrom('queue_messages')
        .select(['body', 'attributes'])
        .where('queue', '=', queue)
        .orderBy('position')
        .execute(),
    );
  }
}

export function arnOf(target: string): string {
  return target.startsWith('arn:') ? target : `arn:aws:lambda:${REGION}:000000000000:function:${target}`;
}

export const queueArn = (name: string) => `arn:aws:sqs:${REGION}:000000000000:${name}`;

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { InvokeCommand, InvokeWithResponseStreamCommand } from '@aws-sdk/client-lambda';
import type { Language, RuntimeClient } from '../../clients/clients.ts';
import { type ComputeUnderTest, FunctionsMade } from '../../support/functions-made.ts';
import { type Behaviour, type Ending, MODULES, RESULTS } from '../../tables/behaviours.ts';
import { FAILURES, LOGS, STREAMS } from '../../tables/failures.ts';

const MAIN: Record<Language, string> = { node: 'index.js', python: 'index.py', bash: 'index.sh' };

interface Ended {
  value?: unknown;
  error?: { errorType?: string; errorMessage: string };
  text?: string;
  lines: string[];
}

/** Every behaviour of the tables that the client's language has. */
export function runtimeConformance(
  engine: string,
  client: RuntimeClient,
  open: () => Promise<ComputeUnderTest>,
): void {
  describe(`runtime client ${client.name}: ${engine}`, () => {
    let under: ComputeUnderTest;
    let made: FunctionsMade;
    before(async () => {
      under = await open();
      made = new FunctionsMade(under);
    });
    after(async () => {
      await made.delete();
      await under.close();
    });
    const tables = { results: RESULTS, modules: MODULES, failures: FAILURES, logs: LOGS, streams: STREAMS };
    for (const [table, behaviours] of Object.entries(tables)) {
      if (client.tables?.includes(table) === false) continue;
      for (const behaviour of behaviours.filter((row) => row[client.language] !== undefined)) {
        test(`${table}: ${behaviour.name}`, async () => {
          const name = await made.make('', settingsOf(client, behaviour));
          let ended: Ended | undefined;
          for (const payload of behaviour.payloads ?? [{}])
            ended = await invoke(under, name, behaviour, payload);
          assertEnded(ended as Ended, endingOf(behaviour, client.language));
        });
      }
    }
  });
}

function settingsOf(client: RuntimeClient, { handler, timeoutSeconds, ...behaviour }: Behaviour) {
  const code = behaviour[client.language] ?? '';
  const files = typeof code === 'string' ? { [MAIN[client.language]]: code } : code;
  const basics = { Handler: handler ?? 'index.handler', Timeout: timeoutSeconds ?? 20, MemorySize: 512 };
  return { ...basics, ...client.settings(files) };
}

function endingOf({ ends }: Behaviour, language: Language): Ending {
  const own = (ends as Partial<Record<Language, Ending>>)[language];
  return own ?? (ends as Ending);
}

async function invoke(
  under: ComputeUnderTest,
  FunctionName: string,
  row: Behaviour,
  payload: unknown,
): Promise<Ended> {
  const input = { FunctionName, Payload: Buffer.from(JSON.stringify(payload)), LogType: 'Tail' as const };
  if (row.streams) return await invokeStreamed(under, input);
  const context = row.clientContext && Buffer.from(JSON.stringify(row.clientContext)).toString('base64');
  const answer = await under.client.send(
    new InvokeCommand({ ...input, ...(context && { ClientContext: context }) }),
  );
  const value = JSON.parse(Buffer.from(answer.Payload ?? []).toString('utf8'));
  const lines = linesOf(answer.LogResult);
  return answer.FunctionError === undefined ? { value, lines } : { error: value, lines };
}

async function invokeStreamed(
  under: ComputeUnderTest,
  input: { FunctionName: string; Payload: Uint8Array; LogType: 'Tail' },
): Promise<Ended> {
  const { EventStream } = await under.client.send(new InvokeWithResponseStreamCommand(input));
  const parts: Uint8Array[] = [];
  const ended: Ended = { lines: [] };
  for await (const { PayloadChunk, InvokeComplete } of EventStream ?? []) {
    if (PayloadChunk?.Payload) parts.push(PayloadChunk.Payload);
    if (!InvokeComplete) continue;
    ended.lines = linesOf(InvokeComplete.LogResult);
    const { ErrorCode, ErrorDetails } = InvokeComplete;
    if (ErrorCode !== undefined) ended.error = { ...JSON.parse(ErrorDetails ?? '{}'), errorType: ErrorCode };
  }
  return { ...ended, text: Buffer.concat(parts).toString('utf8') };
}

function masked(text: string): string {
  return text
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'ID')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,3}Z/g, 'TIME');
}

function linesOf(log: string | undefined): string[] {
  const lines = masked(Buffer.from(log ?? '', 'base64').toString('utf8')).split('\n');
  return lines.filter((line) => line !== '' && !/^(START|END|REPORT) RequestId: /.test(line));
}

function assertEnded(ended: Ended, expected: Ending): void {
  const { error } = ended;
  if (expected.error) {
    const [type, message] = expected.error;
    assert.equal(error?.errorType ?? '', type, JSON.stringify(ended));
    assert.match(masked(error?.errorMessage ?? ''), message);
  } else assert.equal(error, undefined, JSON.stringify(error));
  if ('value' in expected) assert.deepEqual(ended.value, expected.value);
  if (expected.text !== undefined) assert.equal(ended.text, expected.text);
  for (const [i, line] of (expected.lines ?? []).entries()) {
    if (line instanceof RegExp) assert.match(ended.lines[i] ?? '', line);
    else assert.equal(ended.lines[i], line, ended.lines.join('\n'));
  }
}

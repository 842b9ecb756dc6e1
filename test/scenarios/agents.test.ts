/** The whole control room as an agent meets it: the official MCP client calls every operation that reads. */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Client, StreamableHTTPClientTransport, type Tool } from '@modelcontextprotocol/client';
import type { ReadingName } from '../../src/access/operation.ts';
import type { Input } from '../../src/doors/cli/client.ts';
import type { Api } from '../../src/doors/operations.ts';
import { routes } from '../../src/doors/routes.ts';
import { ControlRoom } from './control-room.ts';

const EXPERIMENT = `
title: Slow echo
description: The echo answers late.
steady-state-hypothesis:
  title: Callers still come.
  probes: []
method: []
extensions:
  - name: upstack
    experiment: slow
    target: { function: echo }
    treatment: { fault: { kind: latency, ms: 100 } }
    slice: { unit: session, share: 50% }
    goal: { metric: conversion, event: Order Completed, within: 5s, margin: 20% }
    guardrails: [{ metric: error-rate }]
    maxDuration: 5m
`;

/** One input of each operation that reads: a new one without an entry here does not compile, and fails below. */
const samples = (runId: string): { [Name in ReadingName<Api>]: Input<Name> } => ({
  showSession: {},
  showOverview: {},
  listFunctions: {},
  showFunction: { name: 'echo', minutes: 15 },
  listRuns: {},
  showRun: { runId },
  planRun: { source: EXPERIMENT },
  listFindings: {},
  showGrowth: { weeks: 4 },
  showRetention: { weeks: 4, kind: 'recurring', event: 'Order Completed' },
  showAdoption: { event: 'Order Completed', days: 7 },
  listFeatures: { days: 7 },
  listTokens: {},
  listAudit: { caller: 'owner', operation: 'startRun' },
  verifyAudit: {},
  exportAudit: { after: 0, since: '2026-01-01T00:00:00Z' },
});

const HOSTILE = [
  "'; DROP TABLE upstack.runs; DROP TABLE upstack.spans; --",
  "') UNION ALL SELECT name, engine FROM system.tables --",
  '$(touch /tmp/upstack-was-here); `id` | sh && echo "done"',
  '../../../../etc/passwd',
  '{event:String}',
  '%00%0a%0d\n\r\t\u0000\u202e',
  '__proto__',
  'constructor',
  '\ud800',
  'x'.repeat(100_000),
];

let room: ControlRoom;
let client: Client;
let tools: Tool[];
let runId: string;

before(async () => {
  room = await ControlRoom.start();
  const directory = join(room.directory, 'echo');
  await mkdir(directory);
  await writeFile(join(directory, 'index.mjs'), 'export const handler = async (event) => ({ event });\n');
  const deployed = await room.upstack('deploy', directory);
  assert.equal(deployed.code, 0, deployed.stderr);
  client = await connect(room.env.UPSTACK_TOKEN);
  ({ tools } = await client.listTools());
});
after(async () => {
  await client?.close();
  await room.stop();
});

async function connect(token: string | undefined): Promise<Client> {
  const agent = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: 'auto' } });
  const authProvider = { token: async () => token };
  await agent.connect(new StreamableHTTPClientTransport(new URL('/mcp', room.url), { authProvider }));
  return agent;
}

test('every operation is a tool, and says whether it reads', () => {
  assert.deepEqual(tools.map(({ name }) => name).sort(), Object.keys(routes).sort());
  const reading = tools.filter(({ annotations }) => annotations?.readOnlyHint === true);
  assert.deepEqual(reading.map(({ name }) => name).sort(), Object.keys(samples('')).sort());
});

test('an agent invokes a function, starts a run and aborts it', async () => {
  const invoked = await client.callTool({
    name: 'invokeFunction',
    arguments: { name: 'echo', payload: { a: 1 } },
  });
  assert.deepEqual((invoked.structuredContent as { payload: unknown }).payload, { event: { a: 1 } });
  const started = await client.callTool({ name: 'startRun', arguments: { source: EXPERIMENT } });
  const run = started.structuredContent as { runId: string; startedBy: string };
  runId = run.runId;
  const aborted = await client.callTool({ name: 'abortRun', arguments: { runId, reason: 'seen enough' } });
  assert.equal((aborted.structuredContent as { decision: string }).decision, 'abort');
});

test('every operation that reads answers as its output schema says', async (t) => {
  // The client checks the structured content against the schema that the tool was listed with.
  for (const [name, input] of Object.entries(samples(runId))) {
    await t.test(name, async () => {
      const { isError, structuredContent, content } = await client.callTool({
        name,
        arguments: { ...input },
      });
      assert.equal(isError, undefined, JSON.stringify(content));
      assert.equal(typeof structuredContent, 'object');
    });
  }
});

test('a token that may only read lists nothing else, is refused by name, and is out when it is revoked', async () => {
  const { secret, token } = await room.call('createToken', { name: 'claude', permissions: ['read'] });
  const agent = await connect(secret);
  const listed = (await agent.listTools()).tools;
  assert.deepEqual(
    listed.filter(({ annotations }) => annotations?.readOnlyHint !== true),
    [],
  );
  const { isError, content } = await agent.callTool({ name: 'startRun', arguments: { source: EXPERIMENT } });
  assert.deepEqual(
    [isError, lineOf(content)],
    [true, 'claude may not startRun: it needs the permission "operate"'],
  );
  const { calls } = await room.call('listAudit', { caller: 'claude' });
  assert.deepEqual(
    calls.map(({ operation, door, outcome }) => [operation, door, outcome]),
    [['startRun', 'mcp', 'refused']],
  );
  await room.call('revokeToken', { token: token.tokenId });
  await assert.rejects(agent.callTool({ name: 'listRuns', arguments: {} }));
  await agent.close();
});

test('hostile names and texts change nothing, and are refused in one line or answered', async () => {
  const before = await everything();
  for (const { name, inputSchema } of tools) {
    const valid: Record<string, unknown> = Object.hasOwn(samples(runId), name)
      ? { ...samples(runId)[name as ReadingName<Api>] }
      : {};
    const fields = Object.keys(inputSchema.properties ?? {});
    for (const field of fields) {
      for (const text of HOSTILE) {
        const input = { ...valid, [field]: text };
        const { isError, content } = await client.callTool({ name, arguments: input });
        const what = `${name} ${field} ${JSON.stringify(text.slice(0, 40))}: ${JSON.stringify(content)}`;
        if (isError) assert.match(lineOf(content), /^[^\n]+$/, what);
        assert.doesNotMatch(lineOf(content), /the control room failed/, what);
      }
    }
  }
  assert.deepEqual(await everything(), before);
  assert.equal((await fetch(`${room.url}/readyz`)).status, 200);
  assert.doesNotMatch(room.output, /request failed|mcp failed/);
});

test('a page of another site and another host are refused at the door', async () => {
  const ask = (headers: Record<string, string>) =>
    room.fetch('/mcp', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: '{}',
    });
  assert.equal((await ask({ origin: 'https://evil.example' })).status, 403);
});

/** What a hostile input could have changed. */
async function everything() {
  const { functions } = await room.call('listFunctions', {});
  const { runs } = await room.call('listRuns', {});
  const { findings } = await room.call('listFindings', {});
  const { tokens } = await room.call('listTokens', {});
  return {
    tokens,
    functions: functions.map(({ name, lastModified }) => ({ name, lastModified })),
    runs,
    findings,
  };
}

function lineOf(content: readonly { type: string }[]): string {
  const [first] = content as { type: string; text?: string }[];
  return first?.text ?? '';
}

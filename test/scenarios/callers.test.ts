/** Tokens of named callers and the audit log, through the CLI and the API. */
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { CreateQueueCommand, DeleteQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { AuditCall, AuditRow } from '../../src/access/audit/schema.ts';
import type { TokenView } from '../../src/access/tokens/schema.ts';
import { sha256Hex } from '../../src/lib/crypto/digest.ts';
import { until } from '../until.ts';
import { ControlRoom } from './control-room.ts';

const EXPERIMENT = `
title: Slow greetings
description: Greetings answer late.
steady-state-hypothesis:
  title: People still greet.
  probes: []
method: []
extensions:
  - name: upstack
    experiment: slow-greetings
    target: { function: greet }
    treatment: { fault: { kind: latency, ms: 100 } }
    slice: { unit: session, share: 50% }
    goal: { metric: conversion, event: Greeted, within: 5s, margin: 20% }
    guardrails: [{ metric: error-rate }]
    maxDuration: 5m
`;

let room: ControlRoom;
before(async () => {
  room = await ControlRoom.start();
});
after(() => room.stop());

interface Created {
  token: TokenView;
  secret: string;
}

async function create(name: string, permission: string, ...more: string[]): Promise<Created> {
  const made = await room.upstack(
    'token',
    'create',
    '--name',
    name,
    '--permission',
    permission,
    '--json',
    ...more,
  );
  assert.equal(made.code, 0, made.stderr);
  return JSON.parse(made.stdout) as Created;
}

function ask(path: string, secret: string, init: RequestInit = {}): Promise<Response> {
  const headers = { ...(init.headers as Record<string, string>), authorization: `Bearer ${secret}` };
  return fetch(new URL(path, room.url), { ...init, headers });
}

function post(path: string, secret: string, body: object): Promise<Response> {
  return ask(path, secret, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** Runs a command with a token instead of the owner's. */
async function as<Result>(secret: string, work: () => Promise<Result>): Promise<Result> {
  const env = room.env;
  room.env = { ...env, UPSTACK_TOKEN: secret };
  try {
    return await work();
  } finally {
    room.env = env;
  }
}

async function audit(...options: string[]): Promise<AuditCall[]> {
  const { stdout, stderr } = await room.upstack('audit', '--json', ...options);
  assert.equal(stderr, '');
  return (JSON.parse(stdout) as { calls: AuditCall[] }).calls;
}

test('a token has the permissions it was given and is refused the others by name', async () => {
  const { secret } = await create('reader', 'read');
  assert.equal((await ask('/api/findings', secret)).status, 200);
  for (const [path, permission] of [
    ['/api/tokens', 'administer'],
    ['/api/audit', 'audit'],
  ] as const) {
    const response = await ask(path, secret);
    assert.equal(response.status, 403);
    const { detail } = (await response.json()) as { detail: string };
    assert.match(detail, new RegExp(`^reader may not .*"${permission}"$`));
  }
  assert.equal((await post('/api/experiments/runs', secret, { source: 'x' })).status, 403);
  const [refused] = await audit('--by', 'reader');
  assert.deepEqual(
    [refused?.operation, refused?.outcome, refused?.door, refused?.callerKind],
    ['startRun', 'refused', 'rest', 'token'],
  );
});

test('the journal and the audit log name the caller', async () => {
  const directory = join(room.directory, 'greet');
  await mkdir(directory);
  await writeFile(join(directory, 'index.mjs'), 'export const handler = async () => "hello";\n');
  assert.equal((await room.upstack('deploy', directory)).code, 0);
  const { secret, token } = await create('ci', 'read,operate');
  const started = await post('/api/experiments/runs', secret, { source: EXPERIMENT });
  const { runId } = (await started.json()) as { runId: string };
  const aborted = await as(secret, () => room.upstack('experiment', 'abort', runId, '--reason', 'rehearsal'));
  assert.equal(aborted.code, 0, aborted.stderr);
  const run = await room.call('showRun', { runId });
  assert.equal(run.startedBy, 'ci');
  assert.match(run.journal.map(({ text }) => text).join('\n'), /started by ci.*by ci: rehearsal/s);
  const calls = await audit('--by', 'ci');
  const subject = `${runId} (slow-greetings on greet)`;
  assert.deepEqual(
    calls.map(({ operation, door, outcome, subject: about, before: was, after: is, reason, tokenId }) => ({
      operation,
      door,
      outcome,
      about,
      was,
      is,
      reason,
      tokenId,
    })),
    [
      {
        operation: 'abortRun',
        door: 'cli',
        outcome: 'done',
        about: subject,
        was: 'running',
        is: 'ended: abort',
        reason: 'rehearsal',
        tokenId: token.tokenId,
      },
      {
        operation: 'startRun',
        door: 'rest',
        outcome: 'done',
        about: subject,
        was: null,
        is: 'running',
        reason: null,
        tokenId: token.tokenId,
      },
    ],
  );
});

test('changes through the APIs of AWS are recorded; invocations and messages are not', async () => {
  const credentials = {
    accessKeyId: room.env.AWS_ACCESS_KEY_ID as string,
    secretAccessKey: room.env.AWS_SECRET_ACCESS_KEY as string,
  };
  const sqs = new SQSClient({ endpoint: room.url, region: 'us-east-1', credentials });
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'orders' }));
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'one' }));
  await assert.rejects(sqs.send(new DeleteQueueCommand({ QueueUrl: `${QueueUrl}-gone` })));
  sqs.destroy();
  const calls = (await audit('--limit', '500')).filter(({ callerKind }) => callerKind === 'access-key');
  const told = calls.map(({ caller, door, operation, subject, outcome }) =>
    [caller, door, operation, subject, outcome].join(' '),
  );
  assert.deepEqual(told.slice(0, 2), [
    'owner sqs DeleteQueue orders-gone refused',
    'owner sqs CreateQueue orders done',
  ]);
  assert.ok(told.includes('owner lambda CreateFunction greet done'));
  assert.ok(!told.some((line) => /Invoke|Message/.test(line)), told.join('\n'));
});

test('rejected calls are recorded with their reason', async () => {
  const owner = room.env.UPSTACK_TOKEN as string;
  assert.equal((await post('/api/experiments/runs', owner, {})).status, 400);
  assert.equal((await post('/api/experiments/runs/run_x/abort', owner, { reason: 'x\ny' })).status, 404);
  const [abort, start] = await audit('--outcome', 'refused', '--by', 'owner');
  assert.deepEqual([abort?.operation, abort?.subject, abort?.reason], ['abortRun', 'run_x', 'x y']);
  assert.match(start?.error ?? '', /source is missing/);
});

test('nobody grants permissions they lack, and nobody is named owner', async () => {
  const { secret } = await create('administrator', 'administer');
  const wanted = { name: 'friend', permissions: ['administer', 'operate'] };
  const more = await post('/api/tokens', secret, wanted);
  assert.equal(more.status, 403);
  assert.match(((await more.json()) as { detail: string }).detail, /cannot grant .*: operate$/);
  for (const [name, expected] of [
    ['owner', /owner/],
    ['оwner', /a to z/],
    ['', /a to z/],
  ] as const) {
    const { code, stderr } = await room.upstack('token', 'create', '--name', name, '--permission', 'read');
    assert.equal(code, 2);
    assert.match(stderr, expected);
  }
  assert.equal((await room.upstack('token', 'create', '--name', 'x', '--permission', 'fly')).code, 2);
  const { code } = await room.upstack(
    'token',
    'create',
    '--name',
    'x',
    '--permission',
    'read',
    '--expires',
    '5',
  );
  assert.equal(code, 2);
});

test('revoking a token ends its session and its stream at once', async () => {
  const { secret, token } = await create('leaver', 'read');
  const login = await fetch(`${room.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: secret }),
  });
  const cookie = (login.headers.get('set-cookie') ?? '').split(';')[0] as string;
  const session = await fetch(`${room.url}/api/session`, { headers: { cookie } });
  assert.deepEqual(await session.json(), { name: 'leaver', permissions: ['read'] });
  const stream = await fetch(`${room.url}/api/stream`, { headers: { cookie } });
  const ended = stream.text();
  const listed = await room.upstack('token', 'list');
  assert.match(listed.stdout, new RegExp(`${token.tokenId} +leaver +${token.hint}… +read +valid`));
  const { code, stderr } = await room.upstack('token', 'revoke', 'leaver', '--reason', 'left the team');
  assert.equal(code, 0, stderr);
  assert.equal((await ask('/api/findings', secret)).status, 401);
  assert.equal((await fetch(`${room.url}/api/findings`, { headers: { cookie } })).status, 401);
  assert.match(await ended, /event: overview/);
  const [entry] = await audit('--operation', 'revokeToken');
  assert.deepEqual(
    [entry?.subject, entry?.after, entry?.reason],
    [`leaver (${token.tokenId})`, 'revoked', 'left the team'],
  );
});

test('the log verifies, exports its chain and holds no secrets', async () => {
  const verified = await room.upstack('audit', '--verify', '--json');
  assert.equal(verified.code, 0, verified.stdout);
  const { stdout } = await room.upstack('audit', '--export');
  const rows = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as AuditRow);
  let previous = '0'.repeat(64);
  for (const { hash, ...row } of rows) {
    // The order of the fields that docs/how-to/give-access.md promises.
    const fields = [
      row.format,
      row.sequence,
      row.attempt,
      row.at,
      row.caller,
      row.callerKind,
      row.tokenId,
      row.door,
      row.operation,
      row.subject,
      row.before,
      row.after,
      row.reason,
      row.outcome,
      row.error,
    ];
    assert.equal(sha256Hex(previous + JSON.stringify(fields)), hash);
    previous = hash;
  }
  const head = JSON.parse(await readFile(join(room.directory, 'audit-head.json'), 'utf8'));
  assert.deepEqual(head, { count: rows.length, hash: previous });
  const [first] = await audit('--operation', 'createToken', '--limit', '1');
  assert.ok(!/ups_/.test(JSON.stringify(first)));
});

test('without the state engine a token gets 503, nothing changes, and the owner can still look', async () => {
  const { secret } = await create('patient', 'read,operate');
  const postmaster = Number(
    (await readFile(join(room.directory, 'state', 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0],
  );
  process.kill(postmaster, 'SIGKILL');
  const owner = room.env.UPSTACK_TOKEN as string;
  await until(
    'the state engine away',
    async () => (await ask('/api/experiments/runs', owner)).status === 503,
  );
  const answers = await Promise.all([
    ask('/api/product/features', secret),
    ask('/api/product/features', `ups_${'x'.repeat(43)}`),
    post('/api/tokens', owner, { name: 'unrecorded', permissions: ['read'] }),
    ask('/api/product/features', owner),
  ]);
  assert.deepEqual(
    answers.map(({ status }) => status),
    [503, 503, 503, 200],
  );
  assert.ok(Number(answers[0]?.headers.get('retry-after')) >= 1);
  await until('the state engine', async () => (await ask('/api/findings', secret)).status === 200);
  const { stdout } = await room.upstack('token', 'list');
  assert.doesNotMatch(stdout, /unrecorded/);
  assert.equal((await room.upstack('audit', '--verify')).code, 0);
});

test('tokens and the log survive a restart', async () => {
  const { secret } = await create('durable', 'read', '--expires', 'never');
  const rows = (await audit('--limit', '500')).length;
  await room.kill('SIGTERM');
  await room.startAgain();
  assert.equal((await ask('/api/findings', secret)).status, 200);
  assert.equal((await audit('--limit', '500')).length, rows);
  const { code, stdout } = await room.upstack('audit', '--verify');
  assert.equal(code, 0);
  assert.match(stdout, /rows are intact/);
});

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ControlRoom } from './control-room.ts';

let room: ControlRoom;
before(async () => {
  room = await ControlRoom.start();
});
after(() => room.stop());

const EXPERIMENT = `
title: Slow payments
description: Payments answer late.
steady-state-hypothesis:
  title: Shoppers still check out.
  probes: []
method: []
extensions:
  - name: upstack
    experiment: slow
    target: { function: nobody }
    treatment: { fault: { kind: latency, ms: 100 } }
    slice: { unit: session, share: 50% }
    goal: { metric: conversion, event: Order Completed, within: 5s, margin: 20% }
    guardrails: [{ metric: error-rate }]
    maxDuration: 1m
`;

async function refused(text: string, expected: RegExp): Promise<void> {
  const file = join(room.directory, 'experiment.yaml');
  await writeFile(file, text);
  const { code, stdout, stderr } = await room.upstack('experiment', 'run', file, '--json');
  assert.equal(code, 2, stderr);
  assert.equal(stdout, '');
  assert.match(stderr, expected);
  assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
}

test('a bad experiment file is refused in one line that says where and what', async () => {
  await refused('title: [', /^upstack: .*\d+:\d+/);
  await refused(EXPERIMENT.replace('conversion', 'happiness'), /unknown metric.*happiness.*conversion/i);
  await refused(EXPERIMENT.replace('50%', '120%'), /13:\d+ .*share.*over 100 %/);
  await refused(EXPERIMENT, /nobody/);
  const { runs } = await room.call('listRuns', {});
  assert.deepEqual(runs, []);
});

test('a file, a run, a command or an option that does not exist is bad input', async () => {
  for (const line of [
    ['experiment', 'run', '/nowhere.yaml'],
    ['experiment', 'show', 'run_nothing'],
    ['experiment', 'fly'],
    ['retention', '--weeks', 'many'],
    ['retention', '--wings'],
    ['deploy', '/nowhere'],
    ['start', '--port', '99999999'],
    ['start', '--compute', 'aws:eu-west-1', '--compute-role', 'me'],
    ['stats', 'counts', '--input', '{"stages":[{"control":-1,"treatment":0,"share":0.5}]}'],
  ]) {
    const { code, stderr } = await room.upstack(...line);
    assert.equal(code, 2, `${line.join(' ')}: ${stderr}`);
    assert.match(stderr, /^upstack: [^\n]+\n$/, line.join(' '));
  }
});

test('a bad command line names the help to read', async () => {
  for (const [line, told] of [
    [['experiment', 'fly'], /'fly'.*: see "upstack experiment --help"/],
    [['statz'], /'statz' \(Did you mean stats\?\): see "upstack --help"/],
    [['retention', '--wings'], /'--wings': see "upstack retention --help"/],
  ] as const) {
    assert.match((await room.upstack(...line)).stderr, told);
  }
});

test('a command without its subcommand is bad input too, and help that was asked for is not', async () => {
  assert.equal((await room.upstack('experiment')).code, 2);
  assert.equal((await room.upstack('experiment', '--help')).code, 0);
  assert.equal((await room.upstack('--version')).code, 0);
});

test('the API answers problem documents for what it cannot read', async () => {
  const cases: [path: string, init: RequestInit, status: number][] = [
    ['/api/experiments/runs', { method: 'POST', body: '{' }, 400],
    ['/api/experiments/runs', { method: 'POST', body: '[]' }, 400],
    ['/api/experiments/runs', { method: 'POST', body: '{}' }, 400],
    ['/api/product/growth?weeks=1000', {}, 400],
    ['/api/functions/nobody', {}, 404],
    ['/api/nothing', {}, 404],
    ['/api/experiments/runs', { method: 'POST', body: `{"source":"${'x'.repeat(2_000_000)}"}` }, 413],
  ];
  for (const [path, init, status] of cases) {
    const response = await room.fetch(path, {
      ...init,
      headers: init.body ? { 'content-type': 'application/json' } : {},
    });
    const problem = (await response.json()) as Record<string, unknown>;
    assert.equal(response.status, status, `${path}: ${JSON.stringify(problem)}`);
    assert.match(response.headers.get('content-type') ?? '', /^application\/problem\+json/);
    assert.deepEqual(Object.keys(problem).sort(), ['detail', 'status', 'title', 'type']);
  }
});

test('broken ingestion is refused and stores nothing', async () => {
  const key = `Bearer ${room.env.UPSTACK_WRITE_KEY}`;
  const send = (path: string, type: string, body: BodyInit) =>
    fetch(`${room.url}${path}`, {
      method: 'POST',
      headers: { authorization: key, 'content-type': type },
      body,
    });
  assert.equal((await send('/v1/traces', 'application/json', '{"resourceSpans": 7}')).status, 400);
  assert.equal(
    (await send('/v1/traces', 'application/x-protobuf', new Uint8Array([10, 255, 255, 1]))).status,
    400,
  );
  assert.equal((await send('/v1/batch', 'application/json', '{"batch":[{"type":"track"}]}')).status, 400);
  const view = await room.call('listFeatures', {});
  assert.deepEqual(view.features, []);
});

test('the control room lives through all of it', async () => {
  assert.equal((await fetch(`${room.url}/readyz`)).status, 200);
});

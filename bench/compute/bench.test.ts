/** Checks that measuring works. The counts are too small to judge a figure. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { rowsOf } from './bench.ts';
import { bodyOf, Connection } from './connection.ts';
import { cpuUs } from './cpu.ts';
import { measure } from './measure.ts';

test('one small round measures everything', async () => {
  const size = { rounds: 1, turns: 1, requests: 4, starts: 1, kills: 1 };
  const said: string[] = [];
  const rounds = await measure(size, false, (text) => said.push(text));
  assert.ok(said.includes('round 1 of 1: timeouts'));
  const [round] = rounds;
  const python = round!.python !== undefined;
  assert.deepEqual(Object.keys(round!.warm), ['raw', 'ours', ...(python ? ['python'] : [])]);
  const rows = rowsOf(rounds);
  // Without /proc there are no CPU figures.
  const cpu = process.platform === 'linux' ? 1 : 0;
  assert.equal(rows.length, 10 + 2 * cpu + (round!.sandboxed ? 2 : 0) + (python ? 5 + cpu : 0));
  for (const { case: title, value, versus, ratio } of rows) {
    assert.ok(Number.isFinite(value), title);
    assert.equal(ratio === undefined, versus === '', title);
  }
});

test('each figure is the best of the rounds', () => {
  const warm = (factor: number) => ({ p50Us: 10 * factor, perSecond: 100 * factor, cpuUs: Number.NaN });
  const round = (factor: number) => ({
    warm: { raw: warm(factor), ours: warm(2 * factor), peer: warm(4 * factor) },
    starts: { coldMs: 60 * factor, preWarmedMs: 15 * factor, emptyMs: 30 },
    firstPartMs: 7 * factor,
    kills: { answerMs: factor, goneMs: 2 * factor },
  });
  const shown = rowsOf([round(3), round(1), round(2)]).map(({ value, ratio }) => [value, ratio]);
  assert.deepEqual(shown, [
    [10, undefined],
    [300, undefined],
    [20, 2],
    [600, 2],
    [30, undefined],
    [60, 2],
    [15, 0.5],
    [7, undefined],
    [1, undefined],
    [2, undefined],
    [40, 4],
    [1200, 4],
    [20, 0.5],
    [600, 0.5],
  ]);
});

test('a response in pieces is reassembled, and a status other than 200 is an error', async () => {
  const pieces = ['HTTP/1.1 200 OK\r\nContent-', 'Length: 5\r\n\r\nhe', 'llo'];
  const server = createServer((socket) => {
    socket.on('data', async (request) => {
      if (String(request) !== 'good') socket.write('HTTP/1.1 500 Oh\r\ncontent-length: 0\r\n\r\n');
      else for (const piece of pieces) await new Promise((done) => socket.write(piece, done));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const connection = await Connection.open((server.address() as AddressInfo).port);
  assert.equal(bodyOf(await connection.exchange(Buffer.from('good'))), 'hello');
  await assert.rejects(connection.exchange(Buffer.from('bad')), /500 Oh/);
  connection.close();
  server.close();
});

test('CPU time counts existing and new threads, not those that ended', () => {
  const before = new Map([
    ['a', 1_000],
    ['gone', 9_000],
  ]);
  const after = new Map([
    ['a', 4_000],
    ['new', 2_000],
  ]);
  assert.equal(cpuUs(before, after), 5);
  assert.ok(Number.isNaN(cpuUs(new Map(), new Map())));
});

import assert from 'node:assert/strict';
import { appendFile, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { encodeFrame, type Frame } from './frame.ts';
import { type Segment, Spool, SpoolClosedError, SpoolFullError, type SpoolOptions } from './spool.ts';

async function options(t: TestContext, change: Partial<SpoolOptions> = {}): Promise<SpoolOptions> {
  const directory = await mkdtemp(join(tmpdir(), 'upstack-spool-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return { directory, maxBytes: 100_000, sealAfterMs: 10, sealBytes: 10_000, sealRecords: 100, ...change };
}

const frame = (text: string, count = 1): Frame => ({ payload: Buffer.from(text), count });
const segments = async (directory: string) =>
  (await readdir(directory)).filter((name) => name.endsWith('.segment')).sort();

async function texts(spool: Spool, segment: Segment): Promise<string[]> {
  return (await spool.read(segment)).map(({ payload }) => payload.toString());
}

async function taken(spool: Spool): Promise<Segment> {
  const segment = await spool.take();
  assert.ok(segment);
  return segment;
}

test('appended frames come out once, in order, and are gone after removal', async (t) => {
  const spool = await Spool.open(await options(t));
  const sent = Array.from({ length: 50 }, (_, i) => `record ${i}`);
  await Promise.all(sent.map((text) => spool.append([frame(text)])));
  const got: string[] = [];
  while (got.length < sent.length) {
    const segment = await taken(spool);
    got.push(...(await texts(spool, segment)));
    assert.ok(spool.oldestMs !== undefined && spool.bytes > 0);
    await spool.remove(segment);
  }
  assert.deepEqual(got, sent);
  assert.deepEqual([spool.records, spool.bytes, spool.oldestMs], [0, 0, undefined]);
  await spool.close();
});

test('a resolved append is on disk', async (t) => {
  const settings = await options(t, { sealAfterMs: 60_000 });
  const spool = await Spool.open(settings);
  await spool.append([frame('one'), frame('two')]);
  const [name] = await segments(settings.directory);
  const bytes = await readFile(join(settings.directory, name as string));
  assert.deepEqual(bytes, Buffer.concat([encodeFrame(frame('one')), encodeFrame(frame('two'))]));
  await spool.close();
});

test('without a taker a segment is sealed by size and not by age', async (t) => {
  const settings = await options(t, { sealRecords: 10, sealAfterMs: 1 });
  const spool = await Spool.open(settings);
  for (let i = 0; i < 35; i++) await spool.append([frame(`${i}`)]);
  assert.equal((await segments(settings.directory)).length, 4);
  assert.equal(spool.records, 35);
  assert.deepEqual((await taken(spool)).records, 10);
  await spool.close();
});

test('seal() hands out the current segment immediately', async (t) => {
  const spool = await Spool.open(await options(t, { sealAfterMs: 60_000 }));
  const waiting = spool.take();
  void spool.append([frame('a')]);
  spool.seal();
  assert.deepEqual(await texts(spool, (await waiting) as Segment), ['a']);
  await spool.close();
});

test('segments left behind come out first, under their ids, without a torn end', async (t) => {
  const settings = await options(t, { sealAfterMs: 60_000 });
  const first = await Spool.open(settings);
  await first.append([frame('kept', 3)]);
  await first.close();
  const [name] = await segments(settings.directory);
  const path = join(settings.directory, name as string);
  const whole = (await readFile(path)).length;
  await appendFile(path, encodeFrame(frame('torn off')).subarray(0, 15));
  await writeFile(join(settings.directory, 'seg_zz.segment'), Buffer.alloc(40));
  const second = await Spool.open(settings);
  assert.equal(second.records, 3);
  await second.append([frame('new')]);
  const left = await taken(second);
  assert.equal(`${left.id}.segment`, name);
  assert.deepEqual(await texts(second, left), ['kept']);
  assert.equal((await readFile(path)).length, whole);
  await second.remove(left);
  second.seal();
  assert.deepEqual(await texts(second, await taken(second)), ['new']);
  await second.close();
});

test('appends beyond the limit are rejected until a segment is removed', async (t) => {
  const spool = await Spool.open(await options(t, { maxBytes: 2_000, sealAfterMs: 1 }));
  const big = frame('x'.repeat(900));
  await spool.append([big]);
  await spool.append([big]);
  await assert.rejects(spool.append([big]), SpoolFullError);
  await spool.remove(await taken(spool));
  await spool.append([big]);
  await spool.close();
});

test('a refused segment is moved aside', async (t) => {
  const settings = await options(t);
  const spool = await Spool.open(settings);
  await spool.append([frame('bad')]);
  const aside = await spool.refuse(await taken(spool));
  assert.ok((await readFile(aside)).includes('bad'));
  assert.deepEqual([await segments(settings.directory), spool.records, spool.bytes], [[], 0, 0]);
  await spool.close();
});

test('a failed write rejects only its own appends', async (t) => {
  const settings = await options(t, { sealAfterMs: 60_000 });
  const spool = await Spool.open(settings);
  await rm(settings.directory, { recursive: true });
  await assert.rejects(spool.append([frame('lost')]), { code: 'ENOENT' });
  assert.equal(spool.bytes, 0);
});

for (const earlier of [['kept'], []]) {
  test(`a write whose sync fails is truncated, after ${earlier.length} that were kept`, async (t) => {
    const settings = await options(t, { sealAfterMs: 60_000 });
    const spool = await Spool.open(settings);
    for (const text of earlier) await spool.append([frame(text)]);
    const handle = await open(settings.directory, 'r');
    const prototype = Object.getPrototypeOf(handle);
    await handle.close();
    const failing = t.mock.method(prototype, 'datasync', async () => {
      throw new Error('input/output error');
    });
    await assert.rejects(spool.append([frame('lost')]), /input\/output error/);
    failing.mock.restore();
    assert.equal(failing.mock.callCount(), 1);
    // As after a crash: the first spool is not closed.
    const next = await Spool.open(settings);
    assert.deepEqual([next.records, next.bytes], [spool.records, spool.bytes]);
    const left: string[] = [];
    for (const name of await segments(settings.directory)) {
      const segment = await taken(next);
      assert.equal(`${segment.id}.segment`, name);
      left.push(...(await texts(next, segment)));
    }
    assert.deepEqual(left, earlier);
    await next.close();
    await spool.close();
  });
}

test('keeping a part of a segment aside twice keeps one file', async (t) => {
  const spool = await Spool.open(await options(t));
  await spool.append([frame('good and bad')]);
  const segment = await taken(spool);
  const aside = await spool.keepAside(segment, 'bad, longer\n');
  assert.equal(await spool.keepAside(segment, 'bad\n'), aside);
  await spool.remove(segment);
  assert.equal(await readFile(aside, 'utf8'), 'bad\n');
  await spool.close();
});

test('a closed spool rejects appends and resolves its taker', async (t) => {
  const spool = await Spool.open(await options(t));
  const waiting = spool.take();
  await spool.close();
  assert.equal(await waiting, undefined);
  assert.equal(await spool.take(), undefined);
  await assert.rejects(spool.append([frame('late')]), SpoolClosedError);
});

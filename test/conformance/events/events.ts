import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { EventsEngine } from '../../../src/engines/events/engine.ts';
import { Problem } from '../../../src/lib/problem.ts';
import { SPAN_COLUMNS, spanRow } from './span-rows.ts';

/** What every events engine must do. `open` gives one with its migrations applied. */
export function eventsConformance(name: string, open: () => Promise<EventsEngine>): void {
  describe(`events engine: ${name}`, () => {
    let engine: EventsEngine;
    const mark = `t${Date.now().toString(36)}`;
    before(async () => {
      engine = await open();
    });
    after(() => engine.close());

    const count = async (table: string, run: string): Promise<number> => {
      const sql = `SELECT toUInt32(count()) AS n FROM upstack.${table} WHERE Run = {run:String}`;
      return (await engine.query<{ n: number }>(sql, { run }))[0]?.n ?? -1;
    };
    const insertSpans = (run: string, token: string, units: number) => {
      const rows = Array.from({ length: units }, (_, i) => spanRow({ run, unit: `u${i}` }));
      return engine.insert({ table: 'upstack.otel_traces', columns: SPAN_COLUMNS, rows, token });
    };

    test('is healthy and says what it is', async () => {
      const health = await engine.health();
      assert.deepEqual({ ...health, detail: '' }, { engine: 'events', ok: true, detail: '', restarts: 0 });
      assert.match(health.detail, /^ClickHouse \d+\./);
    });

    test('binds parameters of every type that the control room uses', async () => {
      const parameters = {
        text: 'it\'s a "test"\\ with\ttabs\nand ünïcode ✓ {text:String}',
        empty: '',
        whole: 4294967295,
        negative: -5,
        float: 0.25,
        list: ["a'b", 'c\\d', ''],
        nothing: null,
      };
      const [row] = await engine.query(
        `SELECT {text:String} AS text, {empty:String} AS empty, {whole:UInt32} AS whole, {negative:Int32} AS negative,
           {float:Float64} AS float, {list:Array(String)} AS list, {nothing:Nullable(String)} AS nothing,
           '{text:String}' AS quoted -- not here: {text:String}`,
        parameters,
      );
      assert.deepEqual(row, { ...parameters, quoted: '{text:String}' });
    });

    test('64-bit integers arrive as texts, whole', async () => {
      const [row] = await engine.query(
        'SELECT toUInt64(18446744073709551615) AS u, toInt64(-1) AS i, toUInt32(7) AS s',
      );
      assert.deepEqual(row, { u: '18446744073709551615', i: '-1', s: 7 });
    });

    test('many questions at once each get their own answer', async () => {
      const asked = Array.from({ length: 30 }, (_, i) => i);
      const answers = await Promise.all(
        asked.map(async (i) => {
          const sql = 'SELECT {i:UInt32} AS i, {f:Float64} AS f, {s:String} AS s';
          return (await engine.query(sql, { i, f: i + 0.5, s: `s${i}` }))[0];
        }),
      );
      assert.deepEqual(
        answers,
        asked.map((i) => ({ i, f: i + 0.5, s: `s${i}` })),
      );
    });

    test('a batch lands once, in the table and its view, however often it is sent', async () => {
      const run = `${mark}-once`;
      for (let i = 0; i < 3; i++) await insertSpans(run, `${run}-a`, 40);
      await Promise.all([insertSpans(run, `${run}-b`, 40), insertSpans(run, `${run}-b`, 40)]);
      assert.equal(
        await count('otel_traces', run),
        80,
        'two batches of the same content but different tokens',
      );
      assert.equal(await count('exposures FINAL', run), 40, 'one exposure per unit');
    });

    test('the view keeps the first exposure of each unit, and none of those who were not exposed', async () => {
      const run = `${mark}-view`;
      const at = Math.floor(Date.now() / 1000);
      const rows = [
        spanRow({ run, unit: 'a', arm: 'treatment', stage: 2, at: `${at}.000000009` }),
        spanRow({ run, unit: 'a', arm: 'treatment', stage: 1, at: `${at - 5}.000000007` }),
        spanRow({ run, unit: 'b', exposed: false }),
        spanRow({ run: '', unit: 'c' }),
      ];
      await engine.insert({ table: 'upstack.otel_traces', columns: SPAN_COLUMNS, rows, token: run });
      const exposures = await engine.query(
        `SELECT Unit, min(Arm) AS arm, min(Stage) AS stage, toString(toUnixTimestamp64Nano(min(FirstExposure))) AS first
         FROM upstack.exposures WHERE Run = {run:String} GROUP BY Unit`,
        { run },
      );
      assert.deepEqual(exposures, [{ Unit: 'a', arm: 'treatment', stage: 1, first: `${at - 5}000000007` }]);
    });

    test('a product event that is sent again lands once', async () => {
      const columns = ['event', 'day', 'ts', 'received', 'unit', 'message_id', 'type'];
      const seconds = Math.floor(Date.now() / 1000);
      const day = new Date(seconds * 1000).toISOString().slice(0, 10);
      for (const received of [seconds + 1, seconds + 9]) {
        const rows = [[`${mark}-bought`, day, `${seconds}.000`, `${received}.000`, 'u', 'm', 'track']];
        await engine.insert({ table: 'upstack.product_events', columns, rows, token: `${mark}-${received}` });
      }
      const [row] = await engine.query(
        'SELECT toUInt32(count()) AS n FROM upstack.product_events FINAL WHERE event = {event:String}',
        { event: `${mark}-bought` },
      );
      assert.deepEqual(row, { n: 1 });
    });

    test('rows that do not fit are refused for good, and nothing of them lands', async () => {
      const run = `${mark}-bad`;
      const bad = spanRow({ run, unit: 'u' });
      bad[SPAN_COLUMNS.indexOf('Timestamp')] = 'yesterday';
      const rows = [spanRow({ run, unit: 'v' }), bad];
      const insert = engine.insert({ table: 'upstack.otel_traces', columns: SPAN_COLUMNS, rows, token: run });
      await assert.rejects(
        insert,
        (error: Problem) => error.code === 'events.refused-rows' && error.status === 422,
      );
      assert.equal(await count('otel_traces', run), 0);
    });

    test("a wrong question comes through as the engine's error, not as an outage", async () => {
      await assert.rejects(
        engine.query('SELECT * FROM upstack.nowhere'),
        (error: Error & { code?: string }) => {
          assert.equal(error.code, '60');
          assert.ok(!(error instanceof Problem));
          return true;
        },
      );
    });

    test('a question that costs too much is stopped', async () => {
      const endless =
        'SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) = 1 SETTINGS max_execution_time = 1';
      await assert.rejects(engine.query(endless), { code: 'events.too-expensive', status: 503 });
    });
  });
}

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { DEFAULT_ENVIRONMENT } from '../../sdk/src/core/environment.ts';
import { openEvents } from '../engines/events/open.ts';
import { silentLog } from '../lib/log.ts';
import { exposures } from './exposures/table.ts';
import type { IdentityRow } from './identities/table.ts';
import type { InvocationRow } from './invocations/table.ts';
import type { ProductEventRow } from './product-events/table.ts';
import { positional, type RowOfTable, TABLES, type TableName } from './tables.ts';
import type { SpanRow } from './traces/table.ts';

test('every table has exactly the declared columns, with their types', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'upstack-tables-'));
  const events = await openEvents({ url: 'embedded:', directory, log: silentLog });
  t.after(async () => {
    await events.close();
    await rm(directory, { recursive: true });
  });
  for (const { name, columns } of [...Object.values(TABLES), exposures]) {
    const rows = await events.query<{ name: string; type: string }>(
      `SELECT name, type FROM system.columns WHERE database = 'upstack' AND table = {name:String}`,
      { name },
    );
    const held = Object.fromEntries(rows.map((row) => [row.name, row.type]));
    assert.deepEqual(
      held,
      Object.fromEntries(Object.entries(columns).map(([column, { type }]) => [column, type])),
      name,
    );
  }
});

test('values go out in the order of the columns, whatever the order of the keys', () => {
  const row = { environment: DEFAULT_ENVIRONMENT, first: '1.000', user_id: 'u', anonymous_id: 'a' };
  assert.deepEqual(positional('identities', [row]), {
    table: 'identities',
    columns: ['environment', 'anonymous_id', 'user_id', 'first'],
    rows: [['production', 'a', 'u', '1.000']],
  });
});

/** Pairs of columns whose types are interchangeable. */
type Swappable<Row> = {
  [One in keyof Row]: {
    [Other in Exclude<keyof Row, One>]: [Row[One]] extends [Row[Other]]
      ? `${string & One} as ${string & Other}`
      : never;
  }[Exclude<keyof Row, One>];
}[keyof Row];

test('no two columns of a table can be swapped: the type check refuses it', () => {
  const swappable: { [Name in TableName]: [Swappable<RowOfTable<Name>>] extends [never] ? 'none' : 'some' } =
    {
      otel_traces: 'none',
      product_events: 'none',
      identities: 'none',
      invocations: 'none',
      logs: 'none',
    };
  assert.deepEqual(Object.keys(swappable).sort(), Object.keys(TABLES).sort());

  const span = { TraceId: 'aa', SpanId: 'bb' } as Pick<SpanRow, 'TraceId' | 'SpanId'>;
  const event = { user_id: 'u', anonymous_id: 'a' } as Pick<ProductEventRow, 'user_id' | 'anonymous_id'>;
  const times = { duration_ms: 1, billed_ms: 2 } as Pick<InvocationRow, 'duration_ms' | 'billed_ms'>;
  const swapped: [
    Pick<SpanRow, 'TraceId' | 'SpanId'>,
    Pick<IdentityRow, 'anonymous_id' | 'user_id'>,
    typeof times,
  ] = [
    {
      // @ts-expect-error a span's id is no trace id
      TraceId: span.SpanId,
      // @ts-expect-error
      SpanId: span.TraceId,
    },
    {
      // @ts-expect-error a user is no anonymous visitor
      anonymous_id: event.user_id,
      // @ts-expect-error
      user_id: event.anonymous_id,
    },
    {
      // @ts-expect-error the time that is billed is not the time that passed
      duration_ms: times.billed_ms,
      // @ts-expect-error
      billed_ms: times.duration_ms,
    },
  ];
  assert.equal(swapped.length, 3);
  // @ts-expect-error a row is keyed by column; an order of values cannot be written down
  assert.throws(() => positional('identities', [['a', 'u', '1.000']]).rows.map(([first]) => first.length));
});

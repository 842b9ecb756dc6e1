import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import fc from 'fast-check';
import { sql } from 'kysely';
import { best } from '../../../test/best.ts';
import type { StateEngine } from '../../engines/state/engine.ts';
import { openState } from '../../engines/state/open.ts';
import { silentLog } from '../../lib/log.ts';
import { chained, GENESIS } from './chain.ts';
import { type AuditEntry, type AuditRecord, shortened } from './entry.ts';
import { AuditLog } from './store.ts';

/** Half of the second that 10,000 rows may take; the rest is the database's. CPU time, because neighbours take wall time. */
const MAX_VERIFY_CPU_MS = 500;
let directory: string;
let state: StateEngine;
let headFile: string;
let log: AuditLog;

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'upstack-audit-'));
  headFile = join(directory, 'audit-head.json');
  state = await openState({ url: 'embedded:', directory: join(directory, 'state'), log: silentLog });
});
after(async () => {
  await state.close();
  await rm(directory, { recursive: true, force: true });
});
beforeEach(async () => {
  await tamper(
    'truncate audit_log',
    "update audit_head set count = 0, hash = decode(repeat('00', 32), 'hex')",
  );
  await rm(headFile, { force: true });
  log = new AuditLog(state, headFile);
});

function record(change: Partial<AuditRecord> = {}): AuditRecord {
  return {
    at: new Date('2026-11-03T10:00:00.123Z'),
    attempt: null,
    caller: 'ci',
    callerKind: 'token',
    tokenId: 'tok_1',
    door: 'cli',
    operation: 'experiments.start',
    subject: 'run_1',
    before: null,
    after: 'running',
    reason: null,
    outcome: 'done',
    error: null,
    ...change,
  };
}

/** What an attacker with every right in the database does. */
async function tamper(...statements: string[]): Promise<void> {
  await state.transaction(async (database) => {
    for (const statement of [
      'alter table audit_log disable trigger user',
      ...statements,
      'alter table audit_log enable trigger user',
    ])
      await sql.raw(statement).execute(database);
  });
}

async function fill(count: number): Promise<AuditEntry[]> {
  const records = Array.from({ length: count }, (_, i) => record({ subject: `run_${i + 1}` }));
  return Promise.all(records.map((each) => log.append(each)));
}

test('rows are chained in the order of their appends, also by two writers at once', async () => {
  const other = new AuditLog(state, join(directory, 'other-head.json'));
  const written = await Promise.all(
    Array.from({ length: 300 }, (_, i) =>
      (i % 2 === 0 ? log : other).append(record({ subject: `${i}`, caller: i % 2 === 0 ? 'a' : 'b' })),
    ),
  );
  assert.deepEqual(
    written.map(({ sequence }) => sequence).sort((a, b) => a - b),
    Array.from({ length: 300 }, (_, i) => i + 1),
  );
  const rows = await log.rows(0, 1_000);
  for (const caller of ['a', 'b']) {
    const subjects = rows.filter((row) => row.caller === caller).map(({ subject }) => Number(subject));
    assert.deepEqual(
      subjects,
      [...subjects].sort((a, b) => a - b),
      `in the order in which ${caller} appended`,
    );
  }
  const { head, fault } = await log.verify();
  assert.deepEqual([head.count, fault], [300, null]);
  assert.equal(head.hash, rows.at(-1)?.hash);
});

test('an empty log is intact', async () => {
  assert.deepEqual(await log.verify(), { head: GENESIS, fault: null });
});

test('strings are read back as the hash covers them', async () => {
  const text = fc.option(fc.string({ unit: 'binary', maxLength: 700 }), { nil: null });
  await fc.assert(
    fc.asyncProperty(text, text, text, async (subject, reason, error) => {
      const entry = await log.append(record({ subject, reason, error }));
      const [row] = await log.rows(entry.sequence - 1, 1);
      assert.deepEqual(row, entry);
    }),
    { numRuns: 60 },
  );
  assert.equal((await log.verify()).fault, null);
});

test('the database refuses to change or remove rows', async () => {
  await fill(3);
  for (const statement of [
    "update audit_log set caller = 'eve' where sequence = 2",
    'delete from audit_log where sequence = 2',
    'truncate audit_log',
  ])
    await assert.rejects(
      state.run((database) => sql.raw(statement).execute(database)),
      /append-only/,
    );
});

const ROWS = 24;
const CHANGES = [
  'format = format + 1',
  "at = at + interval '1 millisecond'",
  'attempt = coalesce(attempt, 0) + 1',
  "caller = caller || ' '",
  "caller_kind = 'session'",
  "token_id = 'tok_2'",
  "door = 'rest'",
  "operation = 'experiments.abort'",
  'subject = null',
  "before = 'x'",
  "after = 'stopped'",
  "reason = ''",
  "outcome = 'refused'",
  "error = 'x'",
  "hash = decode(repeat('ab', 32), 'hex')",
];

const sequence = fc.integer({ min: 1, max: ROWS });
/** Statements that tamper with a log of `ROWS` rows, and the first sequence affected. */
const tampering = fc.oneof(
  fc.record({ change: fc.constantFrom(...CHANGES), at: sequence }).map(({ change, at }) => ({
    statements: [`update audit_log set ${change} where sequence = ${at}`],
    first: at,
  })),
  sequence.map((at) => ({ statements: [`delete from audit_log where sequence = ${at}`], first: at })),
  fc.record({ at: sequence, count: fc.integer({ min: 1, max: 5 }) }).map(({ at, count }) => ({
    // Removed, and the gap closed.
    statements: [
      `delete from audit_log where sequence between ${at} and ${at + count - 1}`,
      `update audit_log set sequence = sequence - ${count + 1_000} where sequence > ${at}`,
      'update audit_log set sequence = sequence + 1000 where sequence < 0',
    ],
    first: at,
  })),
  fc.uniqueArray(sequence, { minLength: 2, maxLength: 2 }).map(([a = 1, b = 2]) => ({
    statements: [
      `update audit_log set sequence = -1 where sequence = ${a}`,
      `update audit_log set sequence = ${a} where sequence = ${b}`,
      `update audit_log set sequence = ${b} where sequence = -1`,
    ],
    first: Math.min(a, b),
  })),
  fc.record({ at: sequence, head: fc.boolean() }).map(({ at, head }) => ({
    // Truncated; with `head`, the head in the database agrees, and only the data directory knows better.
    statements: [
      `delete from audit_log where sequence >= ${at}`,
      ...(head
        ? [
            `update audit_head set count = ${at - 1}, hash = coalesce((select hash from audit_log where sequence = ${at - 1}), decode(repeat('00', 32), 'hex'))`,
          ]
        : []),
    ],
    first: at,
  })),
);

test('verification names the first row that was changed, removed or reordered', async () => {
  await fill(ROWS);
  await state.run((database) =>
    sql.raw('create table audit_copy as select * from audit_log').execute(database),
  );
  const head =
    'update audit_head set count = (select count(*) from audit_copy), hash = (select hash from audit_copy order by sequence desc limit 1)';
  await fc.assert(
    fc.asyncProperty(tampering, async ({ statements, first }) => {
      await tamper(...statements);
      const { head: intact, fault } = await log.verify();
      assert.deepEqual([intact.count, fault?.sequence], [first - 1, first], fault?.why);
      await tamper('delete from audit_log', 'insert into audit_log select * from audit_copy', head);
    }),
    { numRuns: 150 },
  );
  assert.equal((await log.verify()).fault, null);
  await state.run((database) => sql.raw('drop table audit_copy').execute(database));
});

test('a recomputed hash breaks the chain at the next row; a recomputed chain contradicts the data directory', async () => {
  const entries = await fill(5);
  const [, second, third] = entries as [AuditEntry, AuditEntry, AuditEntry];
  const forge = (head: { count: number; hash: string }, entry: AuditEntry, caller: string) => {
    const { sequence: _, hash: __, format: ___, ...fields } = entry;
    return chained(head, shortened({ ...fields, caller }));
  };
  const forged = forge({ count: 1, hash: entries[0]?.hash as string }, second, 'eve');
  const put = ({ sequence: at, caller, hash }: AuditEntry) =>
    `update audit_log set caller = '${caller}', hash = decode('${hash}', 'hex') where sequence = ${at}`;
  await tamper(put(forged));
  assert.equal((await log.verify()).fault?.sequence, third.sequence);
  let end = forged;
  for (const entry of entries.slice(2)) {
    end = forge({ count: end.sequence, hash: end.hash }, entry, entry.caller);
    await tamper(put(end));
  }
  await tamper(`update audit_head set hash = decode('${end.hash}', 'hex')`);
  const { fault } = await log.verify();
  assert.deepEqual(
    [fault?.sequence, fault?.why],
    [5, 'the hash does not match the head in the data directory'],
  );
});

test('verification finds a row that the control room did not write', async () => {
  const [, , last] = await fill(3);
  const extra = chained({ count: 3, hash: last?.hash as string }, record());
  await tamper(
    `insert into audit_log (sequence, format, at, caller, caller_kind, token_id, door, operation, subject, after, outcome, hash)
     select 4, format, at, caller, caller_kind, token_id, door, operation, 'run_1', after, outcome, decode('${extra.hash}', 'hex') from audit_log where sequence = 3`,
  );
  assert.equal((await log.verify()).fault?.sequence, 4);
  await tamper('update audit_log set sequence = 0 where sequence = 4');
  assert.equal((await log.verify()).fault?.sequence, 0);
});

test('a record counts as appended only when the head is in the data directory', async () => {
  const blocked = new AuditLog(state, join(headFile, 'below-a-file.json'));
  await writeFile(headFile, JSON.stringify(GENESIS));
  await assert.rejects(blocked.append(record()));
  const entry = await log.append(record());
  assert.deepEqual(JSON.parse(await readFile(headFile, 'utf8')), { count: 2, hash: entry.hash });
});

test('10,000 rows are verified within a second', async (t) => {
  await fill(10_000);
  const ms = await best(MAX_VERIFY_CPU_MS, async () => {
    const [since, cpu] = [performance.now(), process.cpuUsage()];
    assert.equal((await log.verify()).head.count, 10_000);
    const { user, system } = process.cpuUsage(cpu);
    const cpuMs = (user + system) / 1_000;
    t.diagnostic(`${(performance.now() - since).toFixed(0)} ms, of them ${cpuMs.toFixed(0)} ms of CPU`);
    return cpuMs;
  });
  assert.ok(ms <= MAX_VERIFY_CPU_MS, `${ms} ms`);
});

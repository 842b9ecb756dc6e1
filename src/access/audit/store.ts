import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Insertable, type Kysely, type Selectable, sql } from 'kysely';
import type { StateEngine } from '../../engines/state/engine.ts';
import { ChainCheck, chained, type Fault, type Head } from './chain.ts';
import { type AuditEntry, type AuditRecord, shortened } from './entry.ts';

/** The part of the database that the audit log owns. */
export interface AuditTables {
  audit_log: {
    sequence: number;
    format: number;
    attempt: number | null;
    at: Date;
    caller: string;
    caller_kind: AuditRecord['callerKind'];
    token_id: string;
    door: AuditRecord['door'];
    operation: string;
    subject: string | null;
    before: string | null;
    after: string | null;
    reason: string | null;
    outcome: AuditRecord['outcome'];
    error: string | null;
    hash: Buffer;
  };
  audit_head: { only_row: boolean; count: number; hash: Buffer };
}

/** Records in one transaction. */
const MAX_BATCH = 200;
const PAGE_ROWS = 2_000;

interface Waiting {
  record: AuditRecord;
  done(entry: AuditEntry): void;
  failed(error: unknown): void;
}

export interface Verification {
  /** The end of the intact part. */
  head: Head;
  /** Null when the whole log is intact. */
  fault: Fault | null;
}

/**
 * The audit log on the state engine, with the head of its chain in a file beside. Appends of this process are written in
 * batches, one transaction after another; those of other processes wait for the lock on the head's row.
 */
export class AuditLog {
  #state: StateEngine;
  #headFile: string;
  #waiting: Waiting[] = [];
  #writing = false;

  constructor(state: StateEngine, headFile: string) {
    this.#state = state;
    this.#headFile = headFile;
  }

  /**
   * Appends a record. Resolves when the row is in the database and its head in the file.
   * Throws `state.unavailable` (503); the row may have been written all the same.
   */
  append(record: AuditRecord): Promise<AuditEntry> {
    return new Promise((done, failed) => {
      this.#waiting.push({ record: shortened(record), done, failed });
      if (!this.#writing) void this.#write();
    });
  }

  /** Checks the whole log: its chain, the head in the database and the head in the file. */
  async verify(): Promise<Verification> {
    // Read before the snapshot: rows appended meanwhile must not look missing.
    const inFile = await readHead(this.#headFile);
    return this.#state.transaction<AuditTables, Verification>(async (database) => {
      await sql`set transaction isolation level repeatable read, read only`.execute(database);
      const inDatabase = await headIn(database);
      const check = new ChainCheck([
        { name: 'the head in the database', head: inDatabase, complete: true },
        ...(inFile ? [{ name: 'the head in the data directory', head: inFile, complete: false }] : []),
      ]);
      // Start below 1, so that a row inserted before the first one is a fault too.
      for (let after = Number.MIN_SAFE_INTEGER; !check.fault; ) {
        const rows = await pageOf(database, after, PAGE_ROWS);
        for (const row of rows) check.add(entryOf(row));
        after = rows.at(-1)?.sequence ?? after;
        if (rows.length < PAGE_ROWS) break;
      }
      check.end();
      return { head: check.head, fault: check.fault };
    });
  }

  /** Rows in ascending order, at most `limit`, after the sequence. */
  async rows(after: number, limit: number): Promise<AuditEntry[]> {
    return this.#state.run<AuditTables, AuditEntry[]>(async (database) =>
      (await pageOf(database, after, limit)).map(entryOf),
    );
  }

  async #write(): Promise<void> {
    this.#writing = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, MAX_BATCH);
      try {
        const entries = await this.#append(batch.map(({ record }) => record));
        for (const [i, { done }] of batch.entries()) done(entries[i] as AuditEntry);
      } catch (error) {
        for (const { failed } of batch) failed(error);
      }
    }
    this.#writing = false;
  }

  async #append(records: readonly AuditRecord[]): Promise<AuditEntry[]> {
    const entries = await this.#state.transaction<AuditTables, AuditEntry[]>(async (database) => {
      let head = await headIn(database, { lock: true });
      const added = records.map((record) => {
        const entry = chained(head, record);
        head = { count: entry.sequence, hash: entry.hash };
        return entry;
      });
      await database.insertInto('audit_log').values(added.map(rowOf)).execute();
      await database
        .updateTable('audit_head')
        .set({ count: head.count, hash: Buffer.from(head.hash, 'hex') })
        .execute();
      return added;
    });
    const { sequence, hash } = entries.at(-1) as AuditEntry;
    await writeHead(this.#headFile, { count: sequence, hash });
    return entries;
  }
}

async function headIn(database: Kysely<AuditTables>, { lock = false } = {}): Promise<Head> {
  const query = database.selectFrom('audit_head').select(['count', 'hash']);
  const row = await (lock ? query.forUpdate() : query).executeTakeFirst();
  // Without this row nothing can be appended. A check then expects an empty log.
  if (!row && lock)
    throw new Error('the audit log has lost its head: restore the state engine from a backup');
  return row ? { count: row.count, hash: row.hash.toString('hex') } : { count: 0, hash: '' };
}

function pageOf(database: Kysely<AuditTables>, after: number, limit: number): Promise<Row[]> {
  return database
    .selectFrom('audit_log')
    .selectAll()
    .where('sequence', '>', after)
    .orderBy('sequence')
    .limit(limit)
    .execute();
}

type Row = Selectable<AuditTables['audit_log']>;

function entryOf({ caller_kind, token_id, hash, ...rest }: Row): AuditEntry {
  return { ...rest, callerKind: caller_kind, tokenId: token_id, hash: hash.toString('hex') };
}

function rowOf({ callerKind, tokenId, hash, ...rest }: AuditEntry): Insertable<AuditTables['audit_log']> {
  const bytes = Buffer.from(hash, 'hex');
  return { ...rest, caller_kind: callerKind, token_id: tokenId, hash: bytes };
}

async function readHead(path: string): Promise<Head | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Head;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Replaces the file as a whole, on disk before it resolves. */
async function writeHead(path: string, head: Head): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.new`;
  const file = await open(draft, 'w', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(head)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}

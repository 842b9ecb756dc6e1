/**
 * The chain of the audit log. States of a check: intact up to `head`, or broken at one sequence; broken is final.
 * Invariant: while intact, `head` is the count and the hash of a log that begins with the rows added so far.
 */
import { sha256Hex } from '../../lib/crypto/digest.ts';
import type { AuditEntry, AuditRecord } from './entry.ts';

/** The fields that the hash covers, and their order. Another set of fields is another format. */
const FORMAT = 1;

/** The end of a log: how many rows it has, and the hash of the last one (SHA-256, lower-case hexadecimal digits). */
export interface Head {
  count: number;
  hash: string;
}

/** The head of an empty log. */
export const GENESIS: Head = { count: 0, hash: '0'.repeat(64) };

/** The bytes that the hash covers: a JSON array in fixed order, so no two rows share them. */
function canonical(sequence: number, record: AuditRecord): string {
  return JSON.stringify([
    FORMAT,
    sequence,
    record.attempt,
    record.at.toISOString(),
    record.caller,
    record.callerKind,
    record.tokenId,
    record.door,
    record.operation,
    record.subject,
    record.before,
    record.after,
    record.reason,
    record.outcome,
    record.error,
  ]);
}

/** The entry that follows `head`. `record` has been through `shortened`. */
export function chained(head: Head, record: AuditRecord): AuditEntry {
  const sequence = head.count + 1;
  return {
    ...record,
    sequence,
    format: FORMAT,
    hash: sha256Hex(`${head.hash}${canonical(sequence, record)}`),
  };
}

export interface Fault {
  /** The first row that was changed or is missing. */
  sequence: number;
  why: string;
}

/** A head that is stored apart from the rows. */
export interface Witness {
  name: string;
  head: Head;
  /** Whether rows after its head are a fault. */
  complete: boolean;
}

/** Checks a log row by row, in ascending order, against its chain and the stored heads. */
export class ChainCheck {
  #head = GENESIS;
  #fault: Fault | null = null;
  #witnesses: readonly Witness[];

  constructor(witnesses: readonly Witness[]) {
    this.#witnesses = witnesses;
  }

  get fault(): Fault | null {
    return this.#fault;
  }

  /** The end of the intact part. */
  get head(): Head {
    return this.#head;
  }

  /** Adds the next row. Rows after a fault are ignored. */
  add(entry: AuditEntry): void {
    if (this.#fault) return;
    const expected = this.#head.count + 1;
    if (entry.sequence !== expected) {
      const missing = entry.sequence > expected;
      const why = missing ? 'the row is missing' : 'the sequence number is out of order';
      this.#break(missing ? expected : entry.sequence, why);
      return;
    }
    if (entry.format !== FORMAT || chained(this.#head, entry).hash !== entry.hash) {
      this.#break(expected, 'the fields do not match the hash');
      return;
    }
    const head = { count: expected, hash: entry.hash };
    const denial = this.#witnesses.map((witness) => denialOf(witness, head)).find((why) => why !== null);
    if (denial) this.#break(expected, denial);
    else this.#head = head;
  }

  /** Call after the last row. A head that counts more rows is a fault. */
  end(): void {
    if (this.#fault) return;
    const { count } = this.#head;
    const more = this.#witnesses.find((witness) => witness.head.count > count);
    if (more) this.#break(count + 1, `the row is missing: ${more.name} counts ${more.head.count} rows`);
  }

  #break(sequence: number, why: string): void {
    this.#fault = { sequence, why };
  }
}

function denialOf({ name, head, complete }: Witness, { count, hash }: Head): string | null {
  if (head.count === count && head.hash !== hash) return `the hash does not match ${name}`;
  return complete && count > head.count ? `${name} counts only ${head.count} rows` : null;
}

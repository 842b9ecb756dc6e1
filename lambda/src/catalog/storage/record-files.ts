import { mkdir, open, readdir, readFile, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/** What every kept record has: a format, so that a later release can read it, and a name. */
interface Named {
  format: 1;
  name: string;
}

/**
 * Records by name: in memory for reading, one JSON file each on disk. A write is complete before it is acknowledged
 * (temporary file, fsync, rename, fsync of the directory), so a killed process loses nothing.
 */
export class RecordFiles<Stored extends Named> {
  #directory: string;
  #records = new Map<string, Stored>();
  #locks = new Map<string, Promise<unknown>>();

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /**
   * Reads the directory, which is made when it is missing. A file that cannot be read is an error, not a loss: it names
   * the `kind` of record. `upgraded` turns what an earlier release wrote into what this one has.
   */
  static async open<Stored extends Named>(
    directory: string,
    kind: string,
    upgraded: (stored: Stored) => Stored = (stored) => stored,
  ): Promise<RecordFiles<Stored>> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const records = new RecordFiles<Stored>(directory);
    for (const file of await readdir(directory)) {
      if (file.endsWith('.tmp')) await unlink(join(directory, file));
      if (!file.endsWith('.json')) continue;
      const record = await readRecord(join(directory, file), kind, upgraded);
      records.#records.set(record.name, record);
    }
    return records;
  }

  get(name: string): Stored | undefined {
    return this.#records.get(name);
  }

  /** All records in the order of their names. */
  list(): Stored[] {
    return [...this.#records.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  get size(): number {
    return this.#records.size;
  }

  /** Runs changes under one name one after the other. */
  async exclusive<T>(name: string, change: () => Promise<T>): Promise<T> {
    const before = this.#locks.get(name) ?? Promise.resolve();
    const turn = before.then(change, change);
    this.#locks.set(name, turn);
    try {
      return await turn;
    } finally {
      if (this.#locks.get(name) === turn) this.#locks.delete(name);
    }
  }

  async save(record: Stored): Promise<void> {
    await writeDurably(this.#path(record.name), Buffer.from(`${JSON.stringify(record, undefined, 2)}\n`));
    this.#records.set(record.name, record);
  }

  async remove(name: string): Promise<void> {
    await unlink(this.#path(name));
    await syncDirectory(this.#directory);
    this.#records.delete(name);
  }

  /** Names differ by case, files on some systems do not. */
  #path(name: string): string {
    return join(this.#directory, `${name.replace(/[A-Z]/g, (letter) => `+${letter.toLowerCase()}`)}.json`);
  }
}

/** Writes a file so that afterwards either the old or the new content is there, whatever dies when. */
export async function writeDurably(path: string, content: Uint8Array): Promise<void> {
  const temporary = `${path}.tmp`;
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  await syncDirectory(join(path, '..'));
}

async function syncDirectory(path: string): Promise<void> {
  // Windows has no way to synchronise a directory.
  if (process.platform === 'win32') return;
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

async function readRecord<Stored extends Named>(
  path: string,
  kind: string,
  upgraded: (stored: Stored) => Stored,
): Promise<Stored> {
  const text = await readFile(path, 'utf8');
  try {
    const record = JSON.parse(text) as Stored;
    if (record.format !== 1) throw new Error(`format ${record.format} is unknown to this release`);
    return upgraded(record);
  } catch (cause) {
    throw new Error(`the ${kind} record ${path} cannot be read; restore or remove the file`, { cause });
  }
}

import { mkdir, open, readdir, readFile, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { FunctionRecord } from './records.ts';
import { upgraded } from './upgrade.ts';

/**
 * The records of all functions: in memory for reading, one JSON file each on disk. A write is complete before it is
 * acknowledged (temporary file, fsync, rename, fsync of the directory), so a killed process loses nothing.
 */
export class CatalogStore {
  #directory: string;
  #records = new Map<string, FunctionRecord>();
  /** Function URL id -> name of its function. */
  #urls = new Map<string, string>();
  #locks = new Map<string, Promise<unknown>>();

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** Reads the directory, which is made when it is missing. A file that cannot be read is an error, not a loss. */
  static async open(directory: string): Promise<CatalogStore> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const store = new CatalogStore(directory);
    for (const file of await readdir(directory)) {
      if (file.endsWith('.tmp')) await unlink(join(directory, file));
      if (!file.endsWith('.json')) continue;
      const record = await readRecord(join(directory, file));
      store.#remember(record.name, record);
    }
    return store;
  }

  get(name: string): FunctionRecord | undefined {
    return this.#records.get(name);
  }

  /** The function that has the function URL. */
  withUrl(id: string): FunctionRecord | undefined {
    const name = this.#urls.get(id);
    return name === undefined ? undefined : this.#records.get(name);
  }

  /** All records in the order of their names. */
  list(): FunctionRecord[] {
    return [...this.#records.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  get size(): number {
    return this.#records.size;
  }

  /** Runs changes of one function one after the other. */
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

  async save(record: FunctionRecord): Promise<void> {
    const path = this.#path(record.name);
    await writeDurably(path, Buffer.from(`${JSON.stringify(record, undefined, 2)}\n`));
    this.#remember(record.name, record);
  }

  async remove(name: string): Promise<void> {
    await unlink(this.#path(name));
    await syncDirectory(this.#directory);
    this.#remember(name, undefined);
  }

  #remember(name: string, record: FunctionRecord | undefined): void {
    for (const url of this.#records.get(name)?.urls ?? []) this.#urls.delete(url.id);
    for (const url of record?.urls ?? []) this.#urls.set(url.id, name);
    if (record) this.#records.set(name, record);
    else this.#records.delete(name);
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

async function readRecord(path: string): Promise<FunctionRecord> {
  const text = await readFile(path, 'utf8');
  try {
    const record = JSON.parse(text) as FunctionRecord;
    if (record.format !== 1) throw new Error(`format ${record.format} is unknown to this release`);
    return upgraded(record);
  } catch (cause) {
    throw new Error(`the function record ${path} cannot be read; restore or remove the file`, { cause });
  }
}

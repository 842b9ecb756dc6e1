import type { FunctionRecord } from '../records.ts';
import { RecordFiles } from './record-files.ts';
import { upgraded } from './upgrade.ts';

/** The records of all functions, by name and by function URL. */
export class CatalogStore {
  #files: RecordFiles<FunctionRecord>;
  /** Function URL id -> name of its function. */
  #urls = new Map<string, string>();

  private constructor(files: RecordFiles<FunctionRecord>) {
    this.#files = files;
    for (const record of files.list()) this.#index(record);
  }

  /** Reads the directory, which is made when it is missing. A file that cannot be read is an error, not a loss. */
  static async open(directory: string): Promise<CatalogStore> {
    return new CatalogStore(await RecordFiles.open<FunctionRecord>(directory, 'function', upgraded));
  }

  get(name: string): FunctionRecord | undefined {
    return this.#files.get(name);
  }

  /** The function that has the function URL. */
  withUrl(id: string): FunctionRecord | undefined {
    const name = this.#urls.get(id);
    return name === undefined ? undefined : this.#files.get(name);
  }

  /** All records in the order of their names. */
  list(): FunctionRecord[] {
    return this.#files.list();
  }

  get size(): number {
    return this.#files.size;
  }

  /** Runs changes of one function one after the other. */
  exclusive<T>(name: string, change: () => Promise<T>): Promise<T> {
    return this.#files.exclusive(name, change);
  }

  async save(record: FunctionRecord): Promise<void> {
    const before = this.#files.get(record.name);
    await this.#files.save(record);
    this.#forget(before);
    this.#index(record);
  }

  async remove(name: string): Promise<void> {
    const before = this.#files.get(name);
    await this.#files.remove(name);
    this.#forget(before);
  }

  #index({ name, urls }: FunctionRecord): void {
    for (const url of urls) this.#urls.set(url.id, name);
  }

  #forget(record: FunctionRecord | undefined): void {
    for (const url of record?.urls ?? []) this.#urls.delete(url.id);
  }
}

/**
 * A durable queue of batches. Appended frames are on disk when `append` resolves. They are handed out in order, in
 * segments, until each segment is removed. Concurrent appends share one fdatasync (group commit). A segment is one file
 * of frames. Its content never changes once it is sealed, so its id identifies exactly that content, also after a crash.
 */
import {
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
} from 'node:fs/promises';
import { basename, join } from 'node:path';
import { newId } from '../ids.ts';
import { decodeFrames, encodeFrame, type Frame } from './frame.ts';

export interface SpoolOptions {
  directory: string;
  /** Maximum bytes on disk in total; an append beyond it is rejected. */
  maxBytes: number;
  /** A segment is sealed at this age if a taker is waiting, and at these sizes in any case. */
  sealAfterMs: number;
  sealBytes: number;
  sealRecords: number;
}

export interface Segment {
  id: string;
  bytes: number;
  records: number;
  /** Wall-clock time of its first record, epoch milliseconds. */
  startedMs: number;
}

export class SpoolFullError extends Error {}
export class SpoolClosedError extends Error {}

interface Waiting {
  frames: Buffer;
  records: number;
  resolve: () => void;
  reject: (error: unknown) => void;
}

const SUFFIX = '.segment';
const REFUSED = 'refused';
const ROWS_SUFFIX = '.rows.jsonl';

export class Spool {
  #options: SpoolOptions;
  #sealed: Segment[] = [];
  #current: (Segment & { file: FileHandle }) | undefined;
  #taken: Segment | undefined;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;
  #due = false;
  #timer: NodeJS.Timeout | undefined;
  #taker: ((segment: Segment | undefined) => void) | undefined;
  #closed = false;
  #bytes = 0;

  constructor(options: SpoolOptions) {
    this.#options = options;
  }

  /** Opens the directory. Segments left by a previous process come first, truncated before a torn write. */
  static async open(options: SpoolOptions): Promise<Spool> {
    const spool = new Spool(options);
    await mkdir(join(options.directory, REFUSED), { recursive: true, mode: 0o700 });
    const names = (await readdir(options.directory)).filter((name) => name.endsWith(SUFFIX)).sort();
    for (const name of names) await spool.#adopt(name);
    await syncDirectory(options.directory);
    return spool;
  }

  /** Wall-clock time of the oldest record that is not yet removed; undefined when the spool is empty. */
  get oldestMs(): number | undefined {
    return (this.#taken ?? this.#sealed[0] ?? this.#current)?.startedMs;
  }

  get records(): number {
    const all = [this.#taken, ...this.#sealed, this.#current];
    return all.reduce((sum, segment) => sum + (segment?.records ?? 0), 0);
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Resolves when the frames are on disk. Rejects with `SpoolFullError`, `SpoolClosedError` or the disk's error. */
  append(frames: readonly Frame[]): Promise<void> {
    const bytes = Buffer.concat(frames.map(encodeFrame));
    if (this.#closed) return Promise.reject(new SpoolClosedError('the spool is closed'));
    if (this.#bytes + bytes.length > this.#options.maxBytes) {
      return Promise.reject(
        new SpoolFullError(`the spool holds ${this.#bytes} of ${this.#options.maxBytes} bytes`),
      );
    }
    this.#bytes += bytes.length;
    const records = frames.reduce((sum, { count }) => sum + count, 0);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ frames: bytes, records, resolve, reject });
      this.#writing ??= this.#write();
    });
  }

  /** Resolves with the next segment, or undefined once the spool is closed. One taker, one segment at a time. */
  take(): Promise<Segment | undefined> {
    if (this.#closed) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.#taker = (segment) => {
        this.#taker = undefined;
        this.#taken = segment;
        resolve(segment);
      };
      this.#hand();
    });
  }

  async read(segment: Segment): Promise<Frame[]> {
    const bytes = await readFile(this.#path(segment));
    return decodeFrames(bytes.subarray(0, segment.bytes)).frames;
  }

  /** Removes a segment that has been delivered. */
  async remove(segment: Segment): Promise<void> {
    await rm(this.#path(segment), { force: true });
    await this.#forget(segment);
  }

  /** Moves an undeliverable segment aside for a person to inspect. Returns its new path. */
  async refuse(segment: Segment): Promise<string> {
    const aside = join(this.#options.directory, REFUSED, basename(this.#path(segment)));
    await rename(this.#path(segment), aside);
    await syncDirectory(join(this.#options.directory, REFUSED));
    await this.#forget(segment);
    return aside;
  }

  /**
   * Writes a part of the segment to a file aside, before the segment is removed. The text is on disk when this resolves;
   * a second call replaces it. Returns the path.
   */
  async keepAside(segment: Segment, text: string): Promise<string> {
    const aside = join(this.#options.directory, REFUSED, `${segment.id}${ROWS_SUFFIX}`);
    const file = await open(aside, 'w', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await syncDirectory(join(this.#options.directory, REFUSED));
    return aside;
  }

  /** Makes the current segment due now, whatever its age. */
  seal(): void {
    if (this.#current || this.#writing) this.#due = true;
    this.#hand();
  }

  /** Rejects further appends, finishes pending writes, and resolves the taker. Segments stay on disk. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#writing;
    await this.#sealCurrent();
    this.#taker?.(undefined);
  }

  async #adopt(name: string): Promise<void> {
    const path = join(this.#options.directory, name);
    const bytes = await readFile(path);
    const { frames, end } = decodeFrames(bytes);
    if (end === 0) return rm(path);
    if (end < bytes.length) {
      await truncate(path, end);
      const file = await open(path, 'r+');
      await file.sync().finally(() => file.close());
    }
    const records = frames.reduce((sum, { count }) => sum + count, 0);
    const startedMs = (await stat(path)).mtimeMs;
    this.#sealed.push({ id: name.slice(0, -SUFFIX.length), bytes: end, records, startedMs });
    this.#bytes += end;
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0);
      const size = group.reduce((sum, { frames }) => sum + frames.length, 0);
      try {
        this.#current ??= await this.#create();
        const current = this.#current;
        await current.file.appendFile(Buffer.concat(group.map(({ frames }) => frames)));
        await current.file.datasync();
        current.bytes += size;
        current.records += group.reduce((sum, { records }) => sum + records, 0);
        for (const { resolve } of group) resolve();
      } catch (error) {
        this.#bytes -= size;
        // The content beyond the last commit is unknown. Truncate it, because its sender will send it again and a later
        // process would hand out both. Write no more to this segment.
        await this.#cutBack();
        await this.#sealCurrent();
        for (const { reject } of group) reject(error);
      }
      await this.#sealIfReady();
    }
    this.#writing = undefined;
    this.#hand();
  }

  /** Truncates the current file to its committed length; disk errors are ignored. */
  async #cutBack(): Promise<void> {
    const current = this.#current;
    if (!current) return;
    await current.file.truncate(current.bytes).catch(() => undefined);
    await current.file.sync().catch(() => undefined);
  }

  async #create(): Promise<Segment & { file: FileHandle }> {
    const id = newId('seg');
    const path = join(this.#options.directory, `${id}${SUFFIX}`);
    const file = await open(path, 'ax', 0o600);
    try {
      await syncDirectory(this.#options.directory);
    } catch (error) {
      await file.close();
      await rm(path, { force: true });
      throw error;
    }
    this.#timer = setTimeout(() => this.seal(), this.#options.sealAfterMs);
    return { id, file, bytes: 0, records: 0, startedMs: Date.now() };
  }

  async #sealIfReady(): Promise<void> {
    const { sealBytes, sealRecords } = this.#options;
    if (!this.#current) return;
    const big = this.#current.bytes >= sealBytes || this.#current.records >= sealRecords;
    const wanted = this.#due && this.#taker !== undefined && this.#sealed.length === 0;
    if (big || wanted) await this.#sealCurrent();
  }

  async #sealCurrent(): Promise<void> {
    const current = this.#current;
    if (!current) return;
    this.#current = undefined;
    this.#due = false;
    clearTimeout(this.#timer);
    const { id, bytes, records, startedMs } = current;
    // Committed frames are already on disk, so failures here lose nothing.
    await current.file.close().catch(() => undefined);
    if (bytes > 0) this.#sealed.push({ id, bytes, records, startedMs });
    else await rm(this.#path(current), { force: true }).catch(() => undefined);
  }

  /** Gives the taker a sealed segment, or seals the current one when it is due. */
  #hand(): void {
    if (!this.#taker) return;
    const next = this.#sealed.shift();
    if (next) this.#taker(next);
    else if (this.#due && this.#current && !this.#writing) {
      this.#writing = this.#sealIfReady().then(() => this.#write());
    }
  }

  async #forget(segment: Segment): Promise<void> {
    this.#bytes -= segment.bytes;
    if (this.#taken === segment) this.#taken = undefined;
    await syncDirectory(this.#options.directory);
  }

  #path({ id }: Segment): string {
    return join(this.#options.directory, `${id}${SUFFIX}`);
  }
}

/** Makes creations, renames and removals in the directory survive a power failure. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  await handle.sync().finally(() => handle.close());
}

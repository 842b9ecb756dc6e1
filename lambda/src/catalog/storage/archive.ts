import { createWriteStream } from 'node:fs';
import { mkdir, readlink, realpath, symlink } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { type Entry, fromBufferPromise, openPromise, type ZipFile } from 'yauzl';

/** Why an archive was refused; `detail` names the entry. */
export class ArchiveError extends Error {
  readonly reason: 'broken' | 'empty' | 'unsafe' | 'too-large';

  constructor(reason: ArchiveError['reason'], detail: string, cause?: unknown) {
    super(detail, { cause });
    this.name = 'ArchiveError';
    this.reason = reason;
  }
}

const MAX_ENTRIES = 50_000;
const MODE_TYPE = 0o170000;
const MODE_SYMLINK = 0o120000;
const MAX_LINK = 4096;

interface Link {
  path: string;
  target: string;
  name: string;
}

/**
 * Unpacks a zip archive into an existing, empty directory. Files become read-only and keep their execute bits.
 * Nothing is ever written outside `directory`: names that are absolute or climb with `..`, and symbolic links that
 * lead outside, are refused, and links are made last so that no entry can be written through one.
 * Throws ArchiveError; what was written until then stays, so unpack into a directory of its own.
 */
export async function unzip(zip: Uint8Array, directory: string, maxBytes: number): Promise<void> {
  const archive = await opened(zip);
  if (archive.entryCount === 0) throw new ArchiveError('empty', 'the archive has no entries');
  if (archive.entryCount > MAX_ENTRIES) {
    throw new ArchiveError('too-large', `the archive has more than ${MAX_ENTRIES} entries`);
  }
  const links: Link[] = [];
  try {
    // All of them before the first is written: a bomb must cost nothing. A size that is a lie ends its own unpacking.
    const entries: Entry[] = [];
    for await (const entry of archive.eachEntry()) entries.push(entry);
    if (entries.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0) > maxBytes) {
      throw new ArchiveError('too-large', `unzipped it is larger than ${maxBytes} bytes`);
    }
    for (const entry of entries) {
      const link = await unpackEntry(archive, entry, directory);
      if (link) links.push(link);
    }
    for (const link of links) await makeLink(link, directory);
  } catch (error) {
    throw archiveErrorOf(error);
  } finally {
    archive.close();
  }
}

/** The size of all files of a zip archive once unpacked, as the archive's directory says. Throws ArchiveError. */
export async function unzippedBytes(path: string): Promise<number> {
  let bytes = 0;
  try {
    const archive = await openPromise(path, { lazyEntries: true });
    for await (const entry of archive.eachEntry()) bytes += entry.uncompressedSize;
    return bytes;
  } catch (error) {
    throw archiveErrorOf(error);
  }
}

async function opened(zip: Uint8Array): Promise<ZipFile> {
  try {
    const buffer = Buffer.from(zip.buffer, zip.byteOffset, zip.byteLength);
    return await fromBufferPromise(buffer, { lazyEntries: true, autoClose: false });
  } catch (error) {
    throw archiveErrorOf(error);
  }
}

async function unpackEntry(archive: ZipFile, entry: Entry, directory: string): Promise<Link | undefined> {
  const name = entry.fileName;
  const path = resolve(directory, name);
  if (!inside(path, directory)) throw new ArchiveError('unsafe', `"${name}" lies outside the archive`);
  if (name.endsWith('/')) {
    await mkdir(path, { recursive: true });
    return undefined;
  }
  const mode = entry.externalFileAttributes >>> 16;
  await mkdir(dirname(path), { recursive: true });
  const content = checked(await archive.openReadStreamPromise(entry), entry);
  if ((mode & MODE_TYPE) === MODE_SYMLINK) return { path, name, target: await shortText(content, name) };
  await pipeline(content, createWriteStream(path, { flags: 'wx', mode: 0o444 | (mode & 0o111) }));
  return undefined;
}

/** The content of an entry; it ends in an error when it is not what was packed. */
async function* checked(content: Readable, { crc32: expected, fileName }: Entry): AsyncGenerator<Buffer> {
  let sum = 0;
  for await (const part of content as AsyncIterable<Buffer>) {
    sum = crc32(part, sum);
    yield part;
  }
  if (sum !== expected)
    throw new ArchiveError('broken', `"${fileName}" is damaged: its checksum is another one`);
}

async function shortText(content: AsyncIterable<Buffer>, name: string): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of content) {
    size += part.length;
    if (size > MAX_LINK) throw new ArchiveError('broken', `the link "${name}" has too long a target`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** The real path is checked too: a chain of links can lead further than each of them says. */
async function makeLink({ path, target, name }: Link, directory: string): Promise<void> {
  const unsafe = new ArchiveError('unsafe', `the link "${name}" leads to "${target}", outside the archive`);
  if (isAbsolute(target) || !inside(resolve(dirname(path), target), directory)) throw unsafe;
  await symlink(target, path);
  const root = await realpath(directory);
  const real = await realpath(path).catch(async () =>
    join(await realpath(dirname(path)), await readlink(path)),
  );
  if (!inside(real, root)) throw unsafe;
}

function inside(path: string, directory: string): boolean {
  const way = relative(directory, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function archiveErrorOf(error: unknown): Error {
  if (error instanceof ArchiveError) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (/^(absolute path|invalid relative path|invalid characters in fileName)/.test(message)) {
    return new ArchiveError('unsafe', message, error);
  }
  const { code } = error as NodeJS.ErrnoException;
  // A full disk or missing rights is no fault of the archive.
  if (code !== undefined && ['ENOSPC', 'EACCES', 'EROFS', 'EMFILE', 'EIO'].includes(code))
    return error as Error;
  return new ArchiveError('broken', message, error);
}

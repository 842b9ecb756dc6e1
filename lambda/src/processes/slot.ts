import { linkSync, mkdirSync, readdirSync, readlinkSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

/** A file, link or directory of a tree; directories come before what is in them. */
interface Entry {
  path: string;
  kind: 'file' | 'link' | 'directory';
}

/**
 * An empty directory that is `/var/task` of a sandbox whose function is not known yet: what a sandbox shows of the machine
 * is decided when it is made. The function's files are put there by hard links, which cost no space, and which the
 * sandbox cannot write through.
 */
export class Slot {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
    mkdirSync(directory, { recursive: true });
  }

  /** Throws when a file cannot be linked. */
  fill({ directory, entries }: Tree): void {
    for (const { path, kind } of entries) {
      const [from, to] = [join(directory, path), join(this.directory, path)];
      if (kind === 'directory') mkdirSync(to);
      else if (kind === 'file') linkSync(from, to);
      else symlinkSync(readlinkSync(from), to);
    }
  }
}

export interface Tree {
  directory: string;
  entries: Entry[];
}

/** What is in a directory; undefined when that is more than `most` entries. */
export function treeOf(directory: string, most: number): Tree | undefined {
  const entries = entriesOf(directory, most);
  return entries && { directory, entries };
}

function entriesOf(directory: string, most: number): Entry[] | undefined {
  const entries: Entry[] = [];
  const pending = [''];
  for (let parent = pending.pop(); parent !== undefined; parent = pending.pop()) {
    for (const child of readdirSync(join(directory, parent), { withFileTypes: true })) {
      if (entries.length >= most) return undefined;
      const path = join(parent, child.name);
      const kind = child.isDirectory() ? 'directory' : child.isSymbolicLink() ? 'link' : 'file';
      entries.push({ path, kind });
      if (kind === 'directory') pending.push(path);
    }
  }
  return entries;
}

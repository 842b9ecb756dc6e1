import { linkSync, mkdirSync, readdirSync, readlinkSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

/** A file, link or directory of a tree; directories come before what is in them. */
interface Entry {
  path: string;
  kind: 'file' | 'link' | 'directory';
}

/**
 * Two empty directories that are `/var/task` and `/opt` of a sandbox whose function is not known yet: what it sees of
 * the machine is decided when it is made. The function's files are put there by hard links, which cost no space, and
 * which the sandbox cannot write through.
 */
export class Slot {
  readonly directory: string;
  readonly task: string;
  readonly layers: string;

  constructor(directory: string) {
    this.directory = directory;
    this.task = join(directory, 'task');
    this.layers = join(directory, 'opt');
    for (const path of [this.task, this.layers]) mkdirSync(path, { recursive: true });
  }

  /** Throws when a file cannot be linked. */
  fill({ task, layers }: Trees): void {
    for (const [tree, into] of [
      [task, this.task],
      [layers, this.layers],
    ] as const) {
      for (const { path, kind } of tree?.entries ?? []) {
        const [from, to] = [join(tree?.directory ?? '', path), join(into, path)];
        if (kind === 'directory') mkdirSync(to);
        else if (kind === 'file') linkSync(from, to);
        else symlinkSync(readlinkSync(from), to);
      }
    }
  }
}

interface Tree {
  directory: string;
  entries: Entry[];
}

export interface Trees {
  task: Tree;
  layers: Tree | undefined;
}

/** What is in the directories of a function's code and layers; undefined when that is more than `most` entries. */
export function treesOf(task: string, layers: string | undefined, most: number): Trees | undefined {
  const entries = entriesOf(task, most);
  const inLayers = layers === undefined ? [] : entriesOf(layers, most - (entries?.length ?? 0));
  if (!entries || !inLayers) return undefined;
  return {
    task: { directory: task, entries },
    layers: layers === undefined ? undefined : { directory: layers, entries: inLayers },
  };
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

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The file that a program's name stands for, as a shell finds it; undefined where there is none. */
export function executable(name: string, path = process.env.PATH ?? ''): string | undefined {
  return path
    .split(delimiter)
    .map((directory) => join(directory, name))
    .find(isExecutable);
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

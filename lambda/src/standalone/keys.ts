import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Credentials } from '../signature/sigv4.ts';

/** The key pair of a data directory, created on the first start; only the owner can read it. Throws when unreadable. */
export async function openKeys(directory: string): Promise<Credentials> {
  const file = join(directory, 'keys.json');
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return await createKeys(file);
  const { accessKeyId, secretAccessKey } = parsed(text);
  if (typeof accessKeyId !== 'string' || typeof secretAccessKey !== 'string') {
    throw new Error(`${file} holds no keys: remove it and new ones are created`);
  }
  return { accessKeyId, secretAccessKey };
}

async function createKeys(file: string): Promise<Credentials> {
  const keys = {
    accessKeyId: `AKIA${randomBytes(8).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString('base64url'),
  };
  await writeFile(file, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  return keys;
}

function parsed(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

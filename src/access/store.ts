import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { chmod, link, mkdir, open, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { newSecret } from '../lib/crypto/secret.ts';
import { type Keys, keysFrom } from './keys.ts';
import { problem } from './problems.ts';

const FILE = 'keys.json';

/** Reads the keys of a data directory, making them (mode 0600) on first use. Two starters at once get the same keys. */
export async function openKeys(directory: string): Promise<Keys> {
  const path = join(directory, FILE);
  return (await readKeys(path)) ?? (await createKeys(directory, path));
}

/** Reads the keys of a data directory; undefined when it has none. Throws `access.keys-unreadable` on a broken file. */
export async function readKeys(path: string): Promise<Keys | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw problem(
      'keys-unreadable',
      `${path} cannot be read (${(error as Error).message}): run as its owner`,
      error,
    );
  }
  const keys = keysFrom(parse(text));
  if (!keys)
    throw problem('keys-unreadable', `${path} is not a key file: restore it, or remove it to make new keys`);
  return keys;
}

export function keyFile(directory: string): string {
  return join(directory, FILE);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function createKeys(directory: string, path: string): Promise<Keys> {
  await mkdir(directory, { recursive: true });
  const draft = `${path}.${process.pid}.${newSecret(4)}`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(newKeys(), null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  // link() refuses to replace, so of two starters at once one wins and both read the winner's keys.
  await link(draft, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await unlink(draft);
  await chmod(path, 0o600);
  return (await readKeys(path)) as Keys;
}

function newKeys(): Keys {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    token: newSecret(),
    accessKeyId: `AKIA${randomBytes(20).toString('hex').toUpperCase().slice(0, 16)}`,
    secretAccessKey: newSecret(30),
    writeKey: newSecret(24),
    sessionKey: newSecret(),
    leasePrivateKey: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64url'),
    leasePublicKey: publicKey.export({ format: 'jwk' }).x as string,
  };
}

import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CREDENTIALS, REGION, type Twin } from '../support/twin.ts';

const run = promisify(execFile);

/** Why the test is skipped, or false: an `aws` that is on the path but does not start does not count. */
export function noCli(): string | false {
  try {
    execFileSync('aws', ['--version'], { stdio: 'ignore', timeout: 20_000 });
    return false;
  } catch {
    return 'no AWS CLI here: "aws --version" does not work';
  }
}

// biome-ignore lint/suspicious/noExplicitAny: the output is JSON that tests look into.
export type Aws = (...words: string[]) => Promise<any>;

/** Hands `use` an AWS CLI that talks to the twin, and a directory; both are gone afterwards. */
export async function withAws<T extends Twin>(
  opening: Promise<T>,
  use: (aws: Aws, directory: string) => Promise<void>,
): Promise<void> {
  const twin = await opening;
  const directory = await mkdtemp(join(tmpdir(), 'upstack-cli-'));
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: directory,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_PAGER: '',
    AWS_EC2_METADATA_DISABLED: 'true',
    NO_PROXY: '127.0.0.1',
  };
  try {
    await use(async (...words) => {
      const fixed = ['--endpoint-url', twin.endpoint, '--output', 'json'];
      const { stdout } = await run('aws', [...fixed, ...words], { env });
      return stdout.trim() === '' ? undefined : JSON.parse(stdout);
    }, directory);
  } finally {
    await rm(directory, { recursive: true });
    await twin.close();
  }
}

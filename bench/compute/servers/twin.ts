/** The twin under test, in its own process, with functions managed through its API. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { openCompute } from '../../../src/engines/compute/aws.ts';
import { CREDENTIALS, REGION } from '../account.ts';
import { type Asked, serve } from './served.ts';

export interface Twin extends Asked {
  directory: string;
  /** Creates a function from one file, `index.mjs` or `index.py`, without invoking it. */
  deploy(name: string, code: string, settings?: Partial<Settings>): Promise<void>;
  remove(name: string): Promise<void>;
}

export type Language = 'node' | 'python';

interface Settings {
  language: Language;
  timeoutSeconds: number;
  environment: Record<string, string>;
}

const LANGUAGES = {
  node: { file: 'index.mjs', runtime: 'nodejs24.x' },
  python: { file: 'index.py', runtime: 'python3.13' },
};

interface Options {
  isolation?: 'auto' | 'off';
  /** Flags of Node. */
  flags?: string[];
}

export async function startTwin(parkedProcesses: number, options: Options = {}): Promise<Twin> {
  const { isolation = 'auto', flags = [] } = options;
  const directory = await mkdtemp(join(tmpdir(), 'upstack-bench-'));
  const served = await serve('server.ts', [directory, String(parkedProcesses), isolation], flags);
  const endpoint = `http://127.0.0.1:${served.port}`;
  const compute = openCompute({ endpoint, region: REGION, credentials: CREDENTIALS });
  return {
    ...served,
    directory,
    async deploy(name, code, { language = 'node', timeoutSeconds = 10, environment = {} } = {}) {
      const { file, runtime } = LANGUAGES[language];
      const zip = zipSync({ [file]: strToU8(code) });
      const basics = { handler: 'index.handler', runtime, memoryMb: 128 };
      await compute.createFunction({ ...basics, name, zip, timeoutSeconds, environment });
    },
    remove: (name) => compute.deleteFunction(name),
    async end() {
      await compute.close();
      await served.end();
      await rm(directory, { recursive: true });
    },
  };
}

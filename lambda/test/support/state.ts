/**
 * The control room's state engine, for the tests of queues and of events that wait. The only file of this workspace that
 * imports from src/: the twin itself is handed a state engine.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StateEngine } from '../../../src/engines/state/engine.ts';
import { openState } from '../../../src/engines/state/open.ts';
import { openPostgres } from '../../../src/engines/state/postgres.ts';
import { silentLog } from '../../../src/lib/log.ts';
import { MIGRATIONS } from '../../src/lambda.ts';

export type { StateEngine };

export interface OwnState extends StateEngine {
  /** Kills the server, which is started again. */
  kill(): Promise<void>;
}

/** A state engine whose database does not respond. */
export function unreachableState(): StateEngine {
  return openPostgres({ connection: 'postgres://nobody@127.0.0.1:1/none', log: silentLog });
}

/** The state engine with its data in this directory. */
export function openStateIn(directory: string): Promise<StateEngine> {
  return openState({ url: 'embedded:', directory, log: silentLog, migrations: [MIGRATIONS] });
}

/** A state engine of its own for the twins of one test file; closing it removes its data. */
export async function openOwnState(): Promise<OwnState> {
  const directory = await mkdtemp(join(tmpdir(), 'upstack-compute-state-'));
  const engine = await openStateIn(directory);
  return {
    ...engine,
    async kill() {
      const file = await readFile(join(directory, 'postgres', 'postmaster.pid'), 'utf8');
      process.kill(Number.parseInt(file, 10), 'SIGKILL');
    },
    async close() {
      await engine.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openState } from '../../../src/engines/state/open.ts';
import { silentLog } from '../../../src/lib/log.ts';
import { stateConformance } from './state.ts';

stateConformance('the embedded twin', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'upstack-state-'));
  const engine = await openState({ url: 'embedded:', directory, log: silentLog });
  return {
    ...engine,
    async close() {
      await engine.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
});

const url = process.env.UPSTACK_TEST_STATE_URL;
if (url !== undefined && url !== '') {
  stateConformance('UPSTACK_TEST_STATE_URL', () => openState({ url, directory: '', log: silentLog }));
}

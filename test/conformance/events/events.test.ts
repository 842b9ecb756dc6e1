import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEvents } from '../../../src/engines/events/open.ts';
import { silentLog } from '../../../src/lib/log.ts';
import { eventsConformance } from './events.ts';

eventsConformance('the embedded twin', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'upstack-events-'));
  const engine = await openEvents({ url: 'embedded:', directory, log: silentLog });
  return {
    ...engine,
    async close() {
      await engine.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
});

const url = process.env.UPSTACK_TEST_EVENTS_URL;
if (url !== undefined && url !== '') {
  eventsConformance('UPSTACK_TEST_EVENTS_URL', () => openEvents({ url, directory: '', log: silentLog }));
}

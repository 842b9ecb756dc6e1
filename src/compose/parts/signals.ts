/** The write path of signals: the spool on disk, and the batches into the events engine. */
import { join } from 'node:path';
import { systemClock } from '../../lib/clock.ts';
import type { Lifecycle } from '../../lib/process/lifecycle.ts';
import { Signals } from '../../signals/store.ts';
import type { Engines } from './engines.ts';
import type { Foundation } from './foundation.ts';

export async function openSignals(
  { config, log }: Foundation,
  { events }: Engines,
  opened: Lifecycle,
): Promise<Signals> {
  const directory = join(config.directory, 'spool');
  const signals = await Signals.open({ events, directory, clock: systemClock, log });
  return opened.add('signals', signals, (it) => it.close());
}

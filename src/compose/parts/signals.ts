/** The write path of signals: the spool on disk, and the batches into the events engine. */
import { join } from 'node:path';
import type { EventsEngine } from '../../engines/events/engine.ts';
import { systemClock } from '../../lib/clock.ts';
import type { Lifecycle } from '../../lib/process/lifecycle.ts';
import { deliverSpool, Signals } from '../../signals/store.ts';
import type { Engines } from './engines.ts';
import type { Foundation } from './foundation.ts';

/** The folder of the data directory with accepted signals. */
const SPOOL = 'spool';

/** Inserts what an earlier release had accepted, before its tables are migrated. */
export function deliverAccepted({ config, log }: Foundation): (events: EventsEngine) => Promise<void> {
  const directory = join(config.directory, SPOOL);
  return (events) => deliverSpool({ events, directory, clock: systemClock, log });
}

export async function openSignals(
  { config, log }: Foundation,
  { events }: Engines,
  opened: Lifecycle,
): Promise<Signals> {
  const directory = join(config.directory, SPOOL);
  const signals = await Signals.open({ events, directory, clock: systemClock, log });
  return opened.add('signals', signals, (it) => it.close());
}

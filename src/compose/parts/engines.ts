/** The engines of state and events, each embedded or at the URL that was given. */
import { join } from 'node:path';
import { MIGRATIONS } from '../../../lambda/src/lambda.ts';
import type { EventsEngine } from '../../engines/events/engine.ts';
import { openEvents } from '../../engines/events/open.ts';
import type { StateEngine } from '../../engines/state/engine.ts';
import { openState } from '../../engines/state/open.ts';
import type { Lifecycle } from '../../lib/process/lifecycle.ts';
import type { Foundation } from './foundation.ts';

export interface Engines {
  state: StateEngine;
  events: EventsEngine;
}

/**
 * Opens both at the same time. When one does not open, the other is released with everything else. `beforeUpgrade` is
 * called with an events engine that still has the tables of an earlier release.
 */
export async function openEngines(
  { config, log }: Foundation,
  beforeUpgrade: (events: EventsEngine) => Promise<void>,
  opened: Lifecycle,
): Promise<Engines> {
  const directory = (name: string) => join(config.directory, name);
  const [state, events] = await Promise.allSettled([
    openState({ url: config.state, directory: directory('state'), log, migrations: [MIGRATIONS] }),
    openEvents({ url: config.events, directory: directory('events'), log, beforeUpgrade }),
  ]);
  if (state.status === 'fulfilled') opened.add('state', state.value, (it) => it.close());
  if (events.status === 'fulfilled') opened.add('events', events.value, (it) => it.close());
  if (state.status === 'rejected') throw state.reason;
  if (events.status === 'rejected') throw events.reason;
  return { state: state.value, events: events.value };
}

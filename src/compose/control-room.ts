/**
 * The composition root: opens the parts of a control room in their order and hands each what it needs. A part is one
 * file in `parts/`; a new module adds its file there and its line here.
 */
import type { Keys } from '../access/keys.ts';
import type { ComputeEngine } from '../engines/compute/engine.ts';
import type { EventsEngine } from '../engines/events/engine.ts';
import { Lifecycle } from '../lib/process/lifecycle.ts';
import type { Signals } from '../signals/store.ts';
import type { Config } from './config.ts';
import { openAccess } from './parts/access.ts';
import { openCompute } from './parts/compute.ts';
import { openDoors } from './parts/doors.ts';
import { openEngines } from './parts/engines.ts';
import { openExperiments } from './parts/experiments.ts';
import { openFoundation } from './parts/foundation.ts';
import { overviewSources } from './parts/operate.ts';
import { deliverAccepted, openSignals } from './parts/signals.ts';

/** A control room that runs. */
export interface ControlRoom {
  url: string;
  keys: Keys;
  compute: ComputeEngine;
  events: EventsEngine;
  signals: Signals;
  /** Whether functions run in sandboxes, and if not why: one line. Undefined for those on AWS. */
  isolation: string | undefined;
  /** How often busy polling kept the event loop awake. */
  polls(): number;
  /** From now on `/readyz` reports ready: what was to be deployed at the start is deployed. */
  markStarted(): void;
  close(): Promise<void>;
}

/** Opens a control room. When a part does not open, what was opened before is released again. */
export async function openControlRoom(config: Config, version: string): Promise<ControlRoom> {
  const opened = new Lifecycle();
  try {
    return await open(config, version, opened);
  } catch (error) {
    await opened.close().catch(() => {});
    throw error;
  }
}

async function open(config: Config, version: string, opened: Lifecycle): Promise<ControlRoom> {
  let started = false;
  const foundation = await openFoundation(config, version, opened);
  const engines = await openEngines(foundation, deliverAccepted(foundation), opened);
  const signals = await openSignals(foundation, engines, opened);
  const access = openAccess(foundation, engines, opened);
  const { compute, twin } = await openCompute(foundation, { engines, signals, access }, opened);
  const experiments = await openExperiments(foundation, { engines, signals, compute }, opened);
  const overview = overviewSources(foundation, { engines, compute, signals, experiments });
  const parts = { ...engines, compute, twin, signals, access, experiments, overview };
  await openDoors(foundation, { ...parts, isStarted: () => started }, opened);
  await foundation.announce();
  return {
    url: foundation.door.url,
    keys: foundation.keys,
    compute,
    events: engines.events,
    signals,
    isolation: twin?.isolation,
    polls: () => twin?.polls ?? 0,
    markStarted() {
      started = true;
    },
    close: () => opened.close(),
  };
}

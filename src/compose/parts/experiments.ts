/** Experiments: the store of runs, the controls of treatments, and the worker that watches. */
import type { ComputeEngine } from '../../engines/compute/engine.ts';
import type { ExperimentSources } from '../../experiments/operations.ts';
import { RunStore } from '../../experiments/store.ts';
import { ExperimentWorker } from '../../experiments/worker.ts';
import { Problem } from '../../lib/problem.ts';
import type { Lifecycle } from '../../lib/process/lifecycle.ts';
import type { Signals } from '../../signals/store.ts';
import { LeaseControl } from '../../treatments/faults/lease-control.ts';
import type { Engines } from './engines.ts';
import type { Foundation } from './foundation.ts';

export interface Experiments extends ExperimentSources {
  leases: LeaseControl;
}

/** Runs that a former life of the control room left running are ended as aborted first. */
export async function openExperiments(
  { keys, log }: Foundation,
  {
    engines: { state, events },
    signals,
    compute,
  }: { engines: Engines; signals: Signals; compute: ComputeEngine },
  opened: Lifecycle,
): Promise<Experiments> {
  const store = new RunStore(state);
  const leases = new LeaseControl({ privateKey: keys.leasePrivateKey });
  const worker = new ExperimentWorker({ store, events, treatments: { leases }, signals, log });
  await worker.recover();
  const stopListening = signals.onFlushed(() => worker.onFlushed());
  opened.add('flush listener', stopListening, (stop) => stop());
  opened.add('experiments', worker, (it) => it.close());
  return { store, worker, events, functionExists: (name) => functionExists(compute, name), leases };
}

async function functionExists(compute: ComputeEngine, name: string): Promise<boolean> {
  try {
    await compute.getFunction(name);
    return true;
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return false;
    throw error;
  }
}

import type { Fault, UnitKind } from '../../sdk/src/core/lease.ts';

/** The part of the traffic that is treated. */
export interface Slice {
  unit: UnitKind;
  /** The treatment's share of all units, between 0 and 1. */
  share: number;
}

/** What is changed on a slice of a function's traffic. */
export interface Treatment {
  kind: 'fault';
  fault: Fault;
}

/** A treatment that a run applies now. */
export interface Application {
  run: string;
  experiment: string;
  function: string;
  treatment: Treatment;
  slice: Slice;
  /** Per run, so that runs assign independently. */
  salt: string;
  /** Index of the stage: a period of constant share. */
  stage: number;
  /** Epoch milliseconds after which nothing may be treated, whatever happens. */
  endsAtMs: number;
}

/**
 * What the experiment engine does with any kind of treatment. A treatment must be renewed to last, and what is not
 * renewed ends by itself.
 */
export interface TreatmentControl {
  /** Applies the treatment for the next few seconds. */
  renew(application: Application): void;
  /** Ends every treatment of the run at once. */
  withdraw(run: string): void;
}

/** One line for people: "800 ms latency in shop-payments". */
export function describeTreatment({ fault }: Treatment, functionName: string): string {
  const where =
    fault.dependency === undefined
      ? `in ${functionName}`
      : `on calls of ${functionName} to ${fault.dependency}`;
  if (fault.kind === 'latency') return `${fault.ms} ms latency ${where}`;
  const what =
    fault.status === undefined ? `error "${fault.message}"` : `HTTP ${fault.status} "${fault.message}"`;
  return `${what} ${where}`;
}

/**
 * What an experiment can change. A treatment is plain data: the key of its kind plus the parameters from the experiment
 * file. A kind is one object with everything specific to its treatments; `kinds.ts` lists the kinds. No other code
 * compares keys, so adding a kind touches its own files and that list; a control of its own is also a port below.
 */
import type { UnitKind } from '../../sdk/src/core/lease.ts';
import type { Field } from '../lib/yaml-file.ts';

/** A treatment as stored in an experiment. Each kind adds its own parameters. */
export interface Treatment {
  /** Key of the kind. */
  readonly kind: string;
}

/** The part of the traffic that is treated. */
export interface Slice {
  unit: UnitKind;
  /** The treatment's share of all units, between 0 and 1. */
  share: number;
}

/** A treatment that a run applies now. */
export interface Application<Applied extends Treatment = Treatment> {
  run: string;
  experiment: string;
  function: string;
  treatment: Applied;
  slice: Slice;
  /** Per run, so that runs assign independently. */
  salt: string;
  /** Index of the stage: a period of constant share. */
  stage: number;
  /** Epoch milliseconds after which nothing may be treated, whatever happens. */
  endsAtMs: number;
}

/**
 * How the experiment engine drives a treatment of any kind. A rejected promise means that the result is unknown; the
 * caller retries.
 */
export interface TreatmentControl<Applied extends Treatment = Treatment> {
  /**
   * Applies the treatment to the slice and keeps it applied. Called about every second while the run may continue. A
   * treatment that can expire does so a few seconds after the last call.
   */
  apply(application: Application<Applied>): Promise<void>;
  /** Applies the treatment to a larger slice, in a new stage. Treated units stay treated. */
  widen(application: Application<Applied>): Promise<void>;
  /**
   * Ends all treatments of the run; starts synchronously. Resolves once confirmed: no earlier application of the run is in
   * effect or can still take effect. Idempotent.
   */
  withdraw(run: string): Promise<void>;
}

/** What controls act through, opened by the composition root. */
export interface TreatmentPorts {
  leases: TreatmentControl;
}

export interface TreatmentKind<Applied extends Treatment = Treatment> {
  /** Its key under `treatment:` in an experiment file. */
  readonly key: Applied['kind'];
  /** Example value of the key, for errors. */
  readonly example: string;
  /** Reads the value of the key. Throws through the field. */
  read(field: Field): Applied;
  /** One line for a reader: "800 ms latency in shop-payments". */
  describe(treatment: Applied, functionName: string): string;
  /** The parameters, for programs. */
  detail(treatment: Applied): Readonly<Record<string, unknown>>;
  /** Delay it adds to the record of an invocation, milliseconds. */
  delayMs(treatment: Applied): number;
  control(ports: TreatmentPorts): TreatmentControl;
}

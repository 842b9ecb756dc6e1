/**
 * What an experiment can change. A treatment is plain data: the key of its kind and what the experiment file said. A kind
 * is one object that knows all about its treatments; `kinds.ts` lists them. Nothing else compares keys, so adding a kind
 * touches its own files and that list.
 */
import type { UnitKind } from '../../sdk/src/core/lease.ts';
import type { Field } from '../lib/yaml-file.ts';

/** A treatment as an experiment carries it and the state engine stores it. Each kind extends it with its own parameters. */
export interface Treatment {
  /** The key of its kind. */
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
 * What the experiment engine does with a treatment of any kind. A promise that rejects says that nothing is known: the
 * caller tries again.
 */
export interface TreatmentControl<Applied extends Treatment = Treatment> {
  /**
   * Applies the treatment to the slice, and keeps it applied: it is called about every second while the run may go on. A
   * treatment that can end by itself does so a few seconds after the last call.
   */
  apply(application: Application<Applied>): Promise<void>;
  /** Applies it to a greater slice, in a new stage. Units that were treated stay treated. */
  widen(application: Application<Applied>): Promise<void>;
  /**
   * Ends every treatment of the run, beginning before it returns. Resolves when that is confirmed: then no application of
   * the run that was made before is in effect, or can come into effect. A run that treats nothing is confirmed at once.
   */
  withdraw(run: string): Promise<void>;
}

/** What controls act through; the composition root opens them. */
export interface TreatmentPorts {
  leases: TreatmentControl;
}

export interface TreatmentKind<Applied extends Treatment = Treatment> {
  /** Its key under `treatment:` in an experiment file. */
  readonly key: Applied['kind'];
  /** An example of what stands under the key, for errors. */
  readonly example: string;
  /** Reads what stands under the key. Throws through the field. */
  read(field: Field): Applied;
  /** One line for people: "800 ms latency in shop-payments". */
  describe(treatment: Applied, functionName: string): string;
  /** What it is, as fields for programs. */
  detail(treatment: Applied): Readonly<Record<string, unknown>>;
  /** By how much it delays the record of an invocation, milliseconds. */
  delayMs(treatment: Applied): number;
  control(ports: TreatmentPorts): TreatmentControl;
}

import type { Field } from '../lib/yaml-file.ts';
import { faultKind } from './faults/fault.ts';
import type { Treatment, TreatmentKind } from './treatment.ts';

/**
 * All treatment kinds. List each new kind here. A kind with a control of its own also needs a port in `TreatmentPorts`,
 * which the composition root fills.
 */
export const TREATMENT_KINDS: TreatmentKind[] = [faultKind];

/** A treatment as an experiment file writes it, for errors. */
export function exampleTreatment(): string {
  return TREATMENT_KINDS.slice(0, 1)
    .map(({ key, example }) => `${key}: ${example}`)
    .join();
}

/** The kind of a treatment. Throws on an unknown key. */
export function treatmentKind({ kind: key }: Treatment): TreatmentKind {
  const kind = TREATMENT_KINDS.find((known) => known.key === key);
  if (!kind) throw new Error(`there is no treatment kind "${key}"`);
  return kind;
}

/** Reads a mapping with one treatment: `{fault: …}`. Throws through the field. */
export function readTreatment(field: Field): Treatment {
  const fields = field.fields(TREATMENT_KINDS.map(({ key }) => key));
  const [given, another] = TREATMENT_KINDS.flatMap((kind) => {
    const value = fields.get(kind.key);
    return value === undefined ? [] : [{ kind, value }];
  });
  if (!given) {
    const keys = TREATMENT_KINDS.map(({ key }) => `"${key}"`).join(' or ');
    return fields.all.fail(`${keys} is missing: add ${exampleTreatment()}`);
  }
  if (another)
    another.value.fail(`a run applies one treatment: remove ${given.kind.key} or ${another.kind.key}`);
  return given.kind.read(given.value);
}

/** A treatment as shown in views, journal and findings. */
export interface ShownTreatment {
  kind: string;
  /** One line for a reader: "800 ms latency in shop-payments". */
  text: string;
  /** The parameters, for programs. */
  detail: Record<string, unknown>;
}

export function showTreatment(treatment: Treatment, functionName: string): ShownTreatment {
  const kind = treatmentKind(treatment);
  return {
    kind: kind.key,
    text: kind.describe(treatment, functionName),
    detail: { ...kind.detail(treatment) },
  };
}

/** Older data than this show no guardrail, milliseconds. */
const MAX_LAG_MS = 5_000;
/**
 * A treated function that says nothing for longer is not watched any more, milliseconds: four times the two seconds
 * that records travel.
 */
const MAX_SILENCE_MS = 8_000;
/** A treatment that was just handed out is given this long before its function has to be heard, milliseconds. */
const GRACE_MS = 6_000;

/**
 * Why a look must count as missed for data that are late or lost, in a few words for a person; undefined when it may
 * count. `lagMs` is the age of the oldest record that is accepted and cannot be counted yet, `failures` how often
 * telemetry could not be taken in since the last look.
 */
export function lateBecause({ lagMs, failures }: { lagMs: number; failures: number }): string | undefined {
  if (lagMs > MAX_LAG_MS) return `the newest data are ${(lagMs / 1000).toFixed(1)} s old`;
  return failures > 0 ? 'telemetry was lost since the last look' : undefined;
}

export interface Silence {
  /** The function under treatment. */
  function: string;
  /** Time since the treatment was first handed out, milliseconds; undefined before. */
  treatedMs: number | undefined;
  /** Age of the end of the newest invocation that can be read, milliseconds; undefined without any in 15 minutes. */
  silentMs: number | undefined;
  /** By how much the treatment itself delays a record, milliseconds: one is sent when its invocation ends. */
  delayMs: number;
}

/** Why a look must count as missed for a treated function that is not heard; undefined when it may count. */
export function silentBecause(of: Silence): string | undefined {
  if (of.treatedMs === undefined || of.treatedMs <= GRACE_MS) return undefined;
  if (of.silentMs === undefined) return `no telemetry of ${of.function} in the last 15 minutes`;
  if (of.silentMs <= MAX_SILENCE_MS + of.delayMs) return undefined;
  return `no telemetry of ${of.function} for ${Math.floor(of.silentMs / 1000)} s`;
}

/** Below this many events over both arms, an estimate is mostly chance. */
const MIN_EVENTS = 20;

/** The estimated effect; null below MIN_EVENTS. */
export function estimateOf(look: {
  point: number | null;
  control: { events: number };
  treatment: { events: number };
}): number | null {
  return look.control.events + look.treatment.events < MIN_EVENTS ? null : look.point;
}

/** With fewer events in both arms together the estimate says more about chance than about the treatment. */
const MIN_EVENTS = 20;

/** The estimated effect where there are enough events to show one; null otherwise. */
export function estimateOf(look: {
  point: number | null;
  control: { events: number };
  treatment: { events: number };
}): number | null {
  return look.control.events + look.treatment.events < MIN_EVENTS ? null : look.point;
}

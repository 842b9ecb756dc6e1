/**
 * What went wrong inside the SDK. Nothing of it may reach the customer's code, so each kind is told once, on the next
 * span, and only counted after that.
 */
export type Warning =
  | 'event-unreadable'
  | 'unit-option-threw'
  | 'hook-failed'
  | 'message-too-large'
  | 'message-unreadable'
  | `lease-${string}`;

const MAX_KINDS = 50;
const counts = new Map<string, number>();
let untold: string[] = [];

export function warn(warning: Warning): void {
  const count = counts.get(warning) ?? 0;
  if (count === 0 && counts.size >= MAX_KINDS) return;
  counts.set(warning, count + 1);
  if (count === 0) untold.push(warning);
}

/** The kinds that came up for the first time since this was last asked. */
export function takeWarnings(): string[] {
  const taken = untold;
  untold = [];
  return taken;
}

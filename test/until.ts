import { AssertionError } from 'node:assert';
import { setTimeout as pause } from 'node:timers/promises';

type Look<Value> = () => Value | Promise<Value>;
type Found<Value> = Exclude<Value, false | undefined | null | 0 | ''>;

const MAX_WAIT_MS = 30_000;

/**
 * Looks every few milliseconds until there is something, and resolves with it. A look that throws has seen nothing yet,
 * unless it was an assertion. Gives up after `maxMs` with an error that says what was awaited.
 */
export function until<Value>(look: Look<Value>): Promise<Found<Value>>;
export function until<Value>(what: string, look: Look<Value>, maxMs?: number): Promise<Found<Value>>;
export function until<Value>(
  ...input: [look: Look<Value>] | [what: string, look: Look<Value>, maxMs?: number | undefined]
): Promise<Found<Value>> {
  const [first, second, maxMs = MAX_WAIT_MS] = input;
  if (typeof first === 'string') return found(first, second as Look<Value>, maxMs);
  return found(String(first), first, maxMs);
}

async function found<Value>(what: string, look: Look<Value>, maxMs: number): Promise<Found<Value>> {
  const end = performance.now() + maxMs;
  let last: unknown;
  while (performance.now() < end) {
    try {
      const value = await look();
      if (value) return value as Found<Value>;
    } catch (error) {
      if (error instanceof AssertionError) throw error;
      last = error;
    }
    await pause(5);
  }
  throw new Error(`${what}: not within ${maxMs} ms`, { cause: last });
}

/** Reads the members of a request of the SQS API, which is a JSON object. */
import { invalidValue, missing, QueueError } from './errors.ts';

export type Input = Record<string, unknown>;

export function isObject(value: unknown): value is Input {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text that must be there. Throws MissingParameter, SerializationException for another type. */
export function textOf(input: Input, member: string): string {
  const text = optionalTextOf(input, member);
  if (text === undefined || text === '') throw missing(member);
  return text;
}

export function optionalTextOf(input: Input, member: string): string | undefined {
  const value = input[member];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw unreadable(member, 'a string');
  return value;
}

/** A whole number within a range, or undefined when it is absent. `reason` is AWS's, for one outside. */
export function optionalNumberOf(
  input: Input,
  member: string,
  [least, most]: readonly [least: number, most: number],
  reason: string,
): number | undefined {
  const value = input[member];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value)) throw unreadable(member, 'an integer');
  if (value < least || value > most) throw invalidValue(value, member, reason);
  return value;
}

/** A list of texts; an empty one when it is absent. */
export function textsOf(input: Input, member: string): string[] {
  const value = input[member] ?? [];
  if (!Array.isArray(value) || !value.every((one) => typeof one === 'string')) {
    throw unreadable(member, 'a list of strings');
  }
  return value;
}

/** A map of texts; an empty one when it is absent. */
export function textMapOf(input: Input, member: string): Record<string, string> {
  const value = input[member] ?? {};
  if (!isObject(value) || !Object.values(value).every((one) => typeof one === 'string')) {
    throw unreadable(member, 'a map of strings');
  }
  return value as Record<string, string>;
}

export function unreadable(member: string, kind: string): QueueError {
  return new QueueError('SerializationException', `${member} must be ${kind}`);
}

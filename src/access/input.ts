import type { z } from 'zod';
import { problem } from './problems.ts';

/** The input of an operation after its schema. Throws `access.invalid-input` (400), which names every field that is wrong. */
export function readInput<Schema extends z.ZodObject>(schema: Schema, given: unknown): z.output<Schema> {
  const parsed = schema.safeParse(given, { reportInput: true });
  if (!parsed.success) throw problem('invalid-input', parsed.error.issues.map(describe).join('; '));
  for (const [field, value] of Object.entries(parsed.data)) {
    const misfit = typeof value === 'string' ? misfitOf(value) : undefined;
    if (misfit) throw problem('invalid-input', `${field} must not contain ${misfit}`);
  }
  return parsed.data;
}

/** What no engine can take in a string: PostgreSQL rejects U+0000, and half a surrogate pair has no UTF-8. */
function misfitOf(text: string): string | undefined {
  if (text.includes('\0')) return 'the character U+0000';
  return text.isWellFormed() ? undefined : 'half a surrogate pair';
}

function describe(issue: z.core.$ZodIssue): string {
  return `${issue.path.length > 0 ? issue.path.join('.') : 'input'} ${demand(issue)}`;
}

/** A number has a size, a string a length. */
const isText = ({ origin }: { origin: string }) => origin === 'string';

/** What an input must be, in words for people. */
function demand(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? `is missing: give a ${issue.expected}`
        : `must be a ${issue.expected}`;
    case 'too_small':
      return isText(issue)
        ? `must have at least ${issue.minimum} characters`
        : `must be ${issue.minimum} or more`;
    case 'too_big':
      return isText(issue)
        ? `must have at most ${issue.maximum} characters`
        : `must be ${issue.maximum} or less`;
    case 'invalid_value':
      return `must be one of ${issue.values.join(', ')}`;
    default:
      return issue.message.toLowerCase();
  }
}

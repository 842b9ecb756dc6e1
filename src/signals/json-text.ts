/** Either an escaped half of a character, which `JSON.stringify` writes only where the other half is missing, or another escape. */
const ESCAPE = /\\(?:u(d[89a-f][0-9a-f]{2})|.)/g;

/**
 * The value as JSON that every reader takes: half of a UTF-16 surrogate pair, in a key or a text at any depth, becomes
 * U+FFFD, as in `String.prototype.toWellFormed`. JSON that still names such a half is refused by the events engine.
 */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value);
  if (!text.includes('\\ud')) return text;
  return text.replace(ESCAPE, (whole, half?: string) => (half === undefined ? whole : '\ufffd'));
}

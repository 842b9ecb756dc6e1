/**
 * W3C Baggage (https://www.w3.org/TR/baggage/): `key=value;property,…`. Members that are not ours travel on as they
 * came; malformed ones are left out, so that what is written can always be a header.
 */

/** Limits that the recommendation requires every party to support. Members beyond them are dropped. */
const MAX_HEADER_LENGTH = 8192;
const MAX_MEMBERS = 180;
/** Maximum length of a unit, in characters. Longer ones are ignored. */
export const MAX_UNIT_LENGTH = 256;

export const UNIT_KEY = 'upstack.unit';
const ONLY_UNIT = /^upstack\.unit=[\w.~%-]*$/;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const VALUE = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/;
const PROPERTIES = /^[\x20\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]*$/;

/** The unit that a baggage header carries, percent-decoded; undefined when it carries none of 1 to 256 characters. */
export function unitOfBaggage(header: string): string | undefined {
  if (header.length > MAX_HEADER_LENGTH || !header.includes(UNIT_KEY)) return undefined;
  // On the path of every invocation under a lease: a header with nothing else in it is not parsed.
  if (ONLY_UNIT.test(header)) return decodeUnit(header.slice(UNIT_KEY.length + 1));
  for (const member of members(header)) if (member.key === UNIT_KEY) return decodeUnit(member.value);
  return undefined;
}

/** The header to send on: the well-formed members of `header`, and the unit in place of any there was; '' when empty. */
export function mergeBaggage(header: string, unit: string | undefined): string {
  const ours = unit === undefined ? [] : [`${UNIT_KEY}=${encodeUnit(unit)}`];
  const others = members(header).filter((member) => unit === undefined || member.key !== UNIT_KEY);
  let merged = ours[0] ?? '';
  for (const { text } of others.slice(0, MAX_MEMBERS - ours.length)) {
    if (merged.length + 1 + text.length > MAX_HEADER_LENGTH) continue;
    merged = merged === '' ? text : `${merged},${text}`;
  }
  return merged;
}

/** Whether a value can be a unit: text of 1 to 256 characters. */
export function isUnit(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_UNIT_LENGTH;
}

/** A unit out of percent-encoded text; undefined unless it has 1 to 256 characters. Broken escapes are kept as they are. */
export function decodeUnit(text: string): string | undefined {
  let unit = text;
  if (text.includes('%')) {
    try {
      unit = decodeURIComponent(text);
    } catch {}
  }
  return isUnit(unit) ? unit : undefined;
}

function encodeUnit(unit: string): string {
  // encodeURIComponent throws on lone surrogates and leaves ' ( ) * alone, which are legal in a baggage value.
  return encodeURIComponent(unit.toWellFormed());
}

interface Member {
  key: string;
  value: string;
  text: string;
}

function members(header: string): Member[] {
  if (header.length > MAX_HEADER_LENGTH) return [];
  return header.split(',').flatMap((part) => {
    const [pair = '', ...properties] = part.split(';');
    const equals = pair.indexOf('=');
    const key = pair.slice(0, equals).trim();
    const value = pair.slice(equals + 1).trim();
    if (equals < 0 || !TOKEN.test(key) || !VALUE.test(value)) return [];
    const kept = properties
      .map((property) => property.trim())
      .filter((property) => PROPERTIES.test(property));
    return [{ key, value, text: [`${key}=${value}`, ...kept].join(';') }];
  });
}

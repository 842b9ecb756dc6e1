import { LATEST } from '../catalog/records.ts';
import { invalidParameter, violation } from '../errors.ts';
import { MAX_ITEMS_ASKED, MAX_PAGE } from '../limits.ts';

export interface List<T> {
  /** The name of the operation: a marker of one list means nothing to another. */
  name: string;
  items: readonly T[];
  /** What the list is in the order of, compared by code units; no two have the same. */
  keyOf(item: T): string;
  /** The most that `MaxItems` may ask for. */
  mostAsked?: number;
}

/**
 * One page of a list and the marker of the next. The marker names the last item that was sent, so that what is made or
 * deleted meanwhile neither hides nor repeats others. Throws InvalidParameterValueException for what is no marker of
 * this list, and for a `MaxItems` out of range.
 */
export function page<T>(list: List<T>, query: URLSearchParams): { items: T[]; NextMarker: string | null } {
  const wanted = Math.min(maxItemsOf(query, list.mostAsked ?? MAX_ITEMS_ASKED), MAX_PAGE);
  const after = keyIn(query.get('Marker'), list.name);
  const left = list.items
    .map((item) => ({ item, key: list.keyOf(item) }))
    .filter(({ key }) => after === undefined || key > after)
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const sent = left.slice(0, wanted);
  const last = sent.at(-1);
  const isMore = left.length > sent.length && last !== undefined;
  return {
    items: sent.map(({ item }) => item),
    NextMarker: isMore ? markerOf(list.name, last.key) : null,
  };
}

/** Puts the versions of a function in their order: `$LATEST` first, then by number. */
export function versionKey({ version }: { version: string }): string {
  return version === LATEST ? '' : version.padStart(10, '0');
}

function maxItemsOf(query: URLSearchParams, most: number): number {
  const text = query.get('MaxItems');
  if (text === null) return MAX_PAGE;
  const number = /^-?\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (number > most) throw violation(text, 'maxItems', `have value less than or equal to ${most}`);
  if (number >= 1) return number;
  throw violation(text, 'maxItems', 'have value greater than or equal to 1');
}

function markerOf(list: string, key: string): string {
  return Buffer.from(JSON.stringify([list, key])).toString('base64url');
}

function keyIn(marker: string | null, list: string): string | undefined {
  if (marker === null || marker === '') return undefined;
  try {
    const [name, key] = JSON.parse(Buffer.from(marker, 'base64url').toString('utf8'));
    if (name === list && typeof key === 'string') return key;
  } catch {
    // What is no JSON is no marker either.
  }
  throw invalidParameter(`Invalid Marker: pass the NextMarker that ${list} answered with`);
}

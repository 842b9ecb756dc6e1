/** W3C Trace Context (https://www.w3.org/TR/trace-context/): reading is tolerant, writing is exact. */

export interface TraceParent {
  /** 32 lower-case hexadecimal digits, not all zero. */
  traceId: string;
  /** 16 lower-case hexadecimal digits, not all zero. */
  spanId: string;
  sampled: boolean;
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** The parent that a `traceparent` header names, or undefined when it names none. Later versions are read as far as 00 goes. */
export function parseTraceparent(header: string): TraceParent | undefined {
  const match = TRACEPARENT.exec(header.trim());
  if (match === null) return undefined;
  const [, version, traceId = '', spanId = '', flags = '', rest] = match;
  if (version === 'ff' || (version === '00' && rest !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

export function formatTraceparent(parent: TraceParent): string {
  return `00-${parent.traceId}-${parent.spanId}-${parent.sampled ? '01' : '00'}`;
}

/** A `tracestate` fit to be passed on unchanged: printable ASCII of at most 512 characters; else undefined. */
export function parseTracestate(header: string): string | undefined {
  return /^[\x20-\x7e]{1,512}$/.test(header) ? header : undefined;
}

/** `digits` random lower-case hexadecimal digits (a multiple of 8), never all zero. Unique, not secret. */
export function randomHex(digits: number): string {
  let hex = '';
  for (; hex.length < digits; ) hex += ((Math.random() * 0x1_0000_0000) >>> 0).toString(16).padStart(8, '0');
  return /^0+$/.test(hex) ? randomHex(digits) : hex;
}

import type { Receipt } from '../environment.ts';
import { problem } from '../problems.ts';
import { type DecodedTraces, decodeTraces, type Reading } from './otlp.ts';

/** OTLP/JSON: ids are hex, 64-bit numbers are texts (or numbers), bytes are base64. */
const reading: Reading = {
  id: (value) => (typeof value === 'string' ? value.toLowerCase() : ''),
  digits(value) {
    const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
    if (text === undefined || text === null || text === '') return '0';
    if (typeof text !== 'string' || !/^-?\d{1,20}$/.test(text)) {
      throw new TypeError(`${JSON.stringify(value)} must be a whole number, as a text`);
    }
    return text;
  },
  bytes: (value) => String(value),
};

/** Spans of an OTLP/JSON ExportTraceServiceRequest given as text. Throws `signals.malformed` (400). */
export function tracesOfJson(text: string, receipt: Receipt): DecodedTraces {
  let request: unknown;
  try {
    request = JSON.parse(text);
  } catch (cause) {
    throw problem('malformed', `the body is not JSON: ${(cause as Error).message}`, cause);
  }
  return tracesOfObject(request, receipt);
}

/** The same for a request that is parsed already. */
export function tracesOfObject(request: unknown, receipt: Receipt): DecodedTraces {
  try {
    return decodeTraces(request, reading, receipt);
  } catch (cause) {
    throw problem('malformed', `not an OTLP trace request: ${(cause as Error).message}`, cause);
  }
}

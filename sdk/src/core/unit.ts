import { decodeUnit, isUnit, UNIT_KEY, unitOfBaggage } from './baggage.ts';

/** What an HTTP event's headers say to Upstack; '' where it says nothing. */
export interface ContextHeaders {
  traceparent: string;
  tracestate: string;
  baggage: string;
  unit: string;
  cookie: string;
}

/** More headers than any gateway lets through; what follows is not looked at. */
const MAX_HEADERS = 200;
const COOKIE = 'upstack_unit=';

/**
 * The headers of a function-URL or API gateway event (names in any case), or undefined for an event of another kind.
 * May throw what a hostile event throws.
 */
export function readContextHeaders(event: unknown): ContextHeaders | undefined {
  if (typeof event !== 'object' || event === null) return undefined;
  const { headers, cookies } = event as { headers?: unknown; cookies?: unknown };
  if (typeof headers !== 'object' || headers === null) return undefined;
  const found: ContextHeaders = { traceparent: '', tracestate: '', baggage: '', unit: '', cookie: '' };
  let seen = 0;
  for (const name in headers) {
    if (++seen > MAX_HEADERS) break;
    const field = fieldOf(name);
    if (field === undefined) continue;
    const value = (headers as Record<string, unknown>)[name];
    if (typeof value === 'string') found[field] = value;
  }
  // Payload version 2 takes cookies out of the headers.
  if (Array.isArray(cookies)) found.cookie = cookies.slice(0, MAX_HEADERS).join('; ');
  return found;
}

/** Which field a header fills, by the length of its name first: most names are passed over without being compared. */
function fieldOf(name: string): keyof ContextHeaders | undefined {
  switch (name.length) {
    case 6:
      return isHeader(name, 'cookie') ? 'cookie' : undefined;
    case 7:
      return isHeader(name, 'baggage') ? 'baggage' : undefined;
    case 10:
      return isHeader(name, 'tracestate') ? 'tracestate' : undefined;
    case 11:
      return isHeader(name, 'traceparent') ? 'traceparent' : undefined;
    case 14:
      return isHeader(name, 'x-upstack-unit') ? 'unit' : undefined;
    default:
      return undefined;
  }
}

function isHeader(name: string, header: string): boolean {
  return name === header || name.toLowerCase() === header;
}

/** The unit in the headers: from baggage, else what `own` found in the event, else `x-upstack-unit`, else the cookie `upstack_unit`. */
export function findUnit(headers: ContextHeaders | undefined, own?: string): string | undefined {
  if (headers === undefined) return own;
  return (
    (headers.baggage === '' ? undefined : unitOfBaggage(headers.baggage)) ??
    own ??
    (headers.unit === '' ? undefined : decodeUnit(headers.unit)) ??
    (headers.cookie === '' ? undefined : unitOfCookie(headers.cookie))
  );
}

/**
 * The unit that the caller of an invocation without HTTP names, as `upstack.unit` in the `custom` member of its client
 * context (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html); undefined unless it has 1 to 256 characters.
 */
export function unitOfClientContext(clientContext: unknown): string | undefined {
  const custom = memberOf(clientContext, 'custom');
  const unit = memberOf(custom, UNIT_KEY);
  return isUnit(unit) ? unit : undefined;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function unitOfCookie(header: string): string | undefined {
  for (const part of header.split(';')) {
    const cookie = part.trim();
    if (cookie.startsWith(COOKIE)) return decodeUnit(cookie.slice(COOKIE.length));
  }
  return undefined;
}

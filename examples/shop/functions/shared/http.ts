/** The event of a function URL: AWS payload format 2.0, reduced to the members that the shop reads. */
export interface UrlEvent {
  rawPath: string;
  rawQueryString: string;
  headers: Record<string, string | undefined>;
  cookies?: string[];
  requestContext: { http: { method: string } };
  body?: string;
  isBase64Encoded: boolean;
}

/** The response in payload format 2.0. */
export interface UrlResult {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
  cookies?: string[];
}

/** An error for the customer: `reason` for programs, `message` for display. */
interface Refusal {
  reason: string;
  message: string;
}

/** Ends a request with an error for the customer. */
export class Refused extends Error {
  readonly statusCode: number;
  readonly reason: string;

  constructor(statusCode: number, reason: string, message: string) {
    super(message);
    this.statusCode = statusCode;
    this.reason = reason;
  }
}

export function json(statusCode: number, value: unknown, headers: Record<string, string> = {}): UrlResult {
  return {
    statusCode,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(value),
  };
}

export function html(statusCode: number, body: string): UrlResult {
  return {
    statusCode,
    headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' },
    body,
  };
}

/** Runs `answer`. A `Refused` becomes its JSON response; any other error is a bug and fails the function. */
export async function refusing(
  answer: () => Promise<UrlResult>,
  headers: Record<string, string> = {},
): Promise<UrlResult> {
  try {
    return await answer();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const refusal: Refusal = { reason: error.reason, message: error.message };
    return json(error.statusCode, { error: refusal }, headers);
  }
}

/** The router's key: `GET /path`. */
export function route(event: UrlEvent): string {
  return `${event.requestContext.http.method} ${event.rawPath}`;
}

/** The JSON object in the body. Rejects anything else with 400. */
export function bodyOf(event: UrlEvent): Record<string, unknown> {
  const text = event.isBase64Encoded ? Buffer.from(event.body ?? '', 'base64').toString('utf8') : event.body;
  try {
    const value: unknown = JSON.parse(text ?? '');
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
  } catch {
    // Falls through to the rejection below.
  }
  throw new Refused(400, 'bad-request', 'The request body must be a JSON object.');
}

/** The member `name`: a non-empty string of at most 200 characters. Rejects anything else with 400. */
export function stringOf(body: Record<string, unknown>, name: string): string {
  const value = body[name];
  if (typeof value === 'string' && value.trim() !== '' && value.length <= 200) return value.trim();
  throw new Refused(
    400,
    'bad-request',
    `"${name}" is required and must be a string of at most 200 characters.`,
  );
}

/** The decoded value of a cookie; undefined if it was not sent. */
export function cookieOf(event: UrlEvent, name: string): string | undefined {
  const found = event.cookies?.find((cookie) => cookie.startsWith(`${name}=`));
  if (found === undefined) return undefined;
  const value = found.slice(name.length + 1);
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

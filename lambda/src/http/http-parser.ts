/**
 * A small, strict HTTP/1.1 request parser for where node:http costs too much: content-length and chunked bodies with
 * trailers, any split and any pipelining of the input.
 * What it does not understand exactly, it refuses (RFC 9112; ambiguous framing is how requests are smuggled).
 */
export interface ParsedRequest {
  method: string;
  /** The target as sent, path and query. */
  target: string;
  /** Names in lower case; of a name that came twice, the values joined by `, `. */
  headers: Fields;
  body: Buffer;
  /** True when the body was larger than the limit; `body` is empty then. */
  tooLarge: boolean;
  /** True when the body was handed on while it came; `body` is empty then. */
  streamed: boolean;
  /** False after `connection: close`. */
  keepAlive: boolean;
}

/** Without a prototype: no name is there that did not come. */
export type Fields = Record<string, string>;

/** A request whose body is still to come. */
export type RequestHead = Omit<ParsedRequest, 'body' | 'tooLarge' | 'streamed'>;

export interface ParserLimits {
  headBytes: number;
  bodyBytes: number;
  /** Of a body that is handed on. */
  streamBytes: number;
}

export interface ParserEvents {
  request(request: ParsedRequest): void;
  /** The client waits for `100 Continue` before it sends the body. */
  expectsContinue(): void;
  /** Takes the parts of a body as they come; undefined keeps the body for `request`. */
  body?(head: RequestHead): ((part: Buffer) => void) | undefined;
  /** Whether a trailer of this name may join the headers; none does unless this says so. */
  trailer?(name: string): boolean;
}

/** The client broke the protocol; `status` is the answer before the connection is closed. */
export class HttpSyntaxError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'HttpSyntaxError';
    this.status = status;
  }
}

type State = 'head' | 'sized' | 'chunk-size' | 'chunk' | 'chunk-end' | 'trailers';

const MAX_CHUNK_LINE = 256;
const EMPTY = Buffer.alloc(0);
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const REQUEST_LINE = /^([A-Z]{1,16}) (\/[\x21-\x7e]*) HTTP\/1\.([01])$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be in a value.
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f]/;

export class RequestParser {
  #limits: ParserLimits;
  #events: ParserEvents;
  #pending: Buffer = EMPTY;
  #state: State = 'head';
  #request: RequestHead | undefined;
  #sink: ((part: Buffer) => void) | undefined;
  #parts: Buffer[] = [];
  #size = 0;
  /** Bytes still to come of the body or of the present chunk. */
  #remaining = 0;

  constructor(limits: ParserLimits, events: ParserEvents) {
    this.#limits = limits;
    this.#events = events;
  }

  /** Whether all bytes that were taken belong to requests that came whole. */
  get atStart(): boolean {
    return this.#state === 'head' && this.#pending.length === 0;
  }

  /** Takes the next bytes. Throws HttpSyntaxError; the parser is of no use afterwards. */
  push(bytes: Buffer): void {
    this.#pending = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    while (this.#step()) {}
  }

  /** Handles one element of the input; false when it is not complete yet. */
  #step(): boolean {
    switch (this.#state) {
      case 'head':
        return this.#head();
      case 'sized':
        return this.#take() && this.#finish();
      case 'chunk-size':
        return this.#chunkSize();
      case 'chunk':
        return this.#take() && this.#enter('chunk-end');
      case 'chunk-end':
        return this.#chunkEnd();
      case 'trailers':
        return this.#trailers();
    }
  }

  #head(): boolean {
    if (this.#pending.length === 0) return false;
    const end = this.#pending.indexOf('\r\n\r\n');
    if (end > this.#limits.headBytes || (end < 0 && this.#pending.length > this.#limits.headBytes)) {
      throw new HttpSyntaxError(431, 'the request head is too long');
    }
    if (end < 0) return false;
    const lines = this.#pending.toString('latin1', 0, end).split('\r\n');
    this.#pending = this.#pending.subarray(end + 4);
    const match = REQUEST_LINE.exec(lines[0] as string);
    if (!match) throw new HttpSyntaxError(400, 'the request line is not HTTP/1.1');
    const headers = parseFields(lines, 1);
    const connection = headers.connection?.toLowerCase() ?? '';
    const keepAlive = match[3] === '1' ? !connection.includes('close') : connection.includes('keep-alive');
    this.#request = { method: match[1] as string, target: match[2] as string, headers, keepAlive };
    this.#frame(headers);
    return true;
  }

  /** Decides how the body is delimited (RFC 9112 section 6.3). */
  #frame(headers: Fields): void {
    const coding = headers['transfer-encoding'];
    const length = headers['content-length'];
    if (coding !== undefined && length !== undefined) {
      throw new HttpSyntaxError(400, 'transfer-encoding and content-length in one request');
    }
    if (coding !== undefined && coding.toLowerCase() !== 'chunked') {
      throw new HttpSyntaxError(501, `the transfer coding "${coding}" is unknown`);
    }
    if (length !== undefined && !/^[0-9]{1,15}$/.test(length)) {
      throw new HttpSyntaxError(400, `the content length "${length}" is no number`);
    }
    this.#parts = [];
    this.#size = 0;
    this.#remaining = length === undefined ? 0 : Number(length);
    this.#state = coding === undefined ? 'sized' : 'chunk-size';
    const hasBody = coding !== undefined || this.#remaining > 0;
    this.#sink = hasBody ? this.#events.body?.(this.#request as RequestHead) : undefined;
    if (hasBody && headers.expect?.toLowerCase() === '100-continue') this.#events.expectsContinue();
  }

  /** Moves bytes of the body or chunk; what is above the limit is counted and dropped. True when it is complete. */
  #take(): boolean {
    if (this.#remaining === 0) return true;
    if (this.#pending.length === 0) return false;
    const part = this.#pending.subarray(0, this.#remaining);
    this.#pending = this.#pending.subarray(part.length);
    this.#remaining -= part.length;
    this.#size += part.length;
    if (this.#tooLarge()) this.#parts = [];
    else if (this.#sink) this.#sink(part);
    else this.#parts.push(part);
    return this.#remaining === 0;
  }

  #tooLarge(): boolean {
    return this.#size > (this.#sink ? this.#limits.streamBytes : this.#limits.bodyBytes);
  }

  #chunkSize(): boolean {
    const line = this.#line(MAX_CHUNK_LINE);
    if (line === undefined) return false;
    const match = /^([0-9a-fA-F]{1,8})[ \t]*(?:;.*)?$/.exec(line);
    if (!match) throw new HttpSyntaxError(400, 'a chunk size is no number');
    this.#remaining = Number.parseInt(match[1] as string, 16);
    return this.#enter(this.#remaining === 0 ? 'trailers' : 'chunk');
  }

  #chunkEnd(): boolean {
    if (this.#pending.length < 2) return false;
    if (this.#pending[0] !== 13 || this.#pending[1] !== 10) {
      throw new HttpSyntaxError(400, 'a chunk does not end where its size says');
    }
    this.#pending = this.#pending.subarray(2);
    return this.#enter('chunk-size');
  }

  #trailers(): boolean {
    const line = this.#line(this.#limits.headBytes);
    if (line === undefined) return false;
    if (line === '') return this.#finish();
    const { headers } = this.#request as RequestHead;
    for (const [name, value] of Object.entries(parseFields([line], 0))) {
      // Trailers must not change the framing or the meaning of what was already read.
      if (this.#events.trailer?.(name)) headers[name] = value;
    }
    return true;
  }

  #line(longest: number): string | undefined {
    const end = this.#pending.indexOf('\r\n');
    if (end > longest || (end < 0 && this.#pending.length > longest)) {
      throw new HttpSyntaxError(431, 'a line is too long');
    }
    if (end < 0) return undefined;
    const line = this.#pending.toString('latin1', 0, end);
    this.#pending = this.#pending.subarray(end + 2);
    return line;
  }

  #enter(state: State): true {
    this.#state = state;
    return true;
  }

  #finish(): true {
    const request = this.#request as RequestHead;
    const tooLarge = this.#tooLarge();
    const streamed = this.#sink !== undefined;
    const body = this.#parts.length === 1 ? (this.#parts[0] as Buffer) : Buffer.concat(this.#parts);
    this.#request = undefined;
    this.#parts = [];
    this.#state = 'head';
    this.#events.request({ ...request, body, tooLarge, streamed });
    return true;
  }
}

/** Names as they came, and in lower case: a client sends the same ones again and again. */
const NAMES = new Map<string, string>();
const MAX_NAMES = 500;

function keyOf(name: string): string {
  const known = NAMES.get(name);
  if (known !== undefined) return known;
  if (!TOKEN.test(name)) throw new HttpSyntaxError(400, 'a header line has no name');
  const key = name.toLowerCase();
  if (NAMES.size < MAX_NAMES) NAMES.set(name, key);
  return key;
}

/** The lines from the one numbered `from` on. */
function parseFields(lines: string[], from: number): Fields {
  const fields: Fields = Object.create(null);
  for (let i = from; i < lines.length; i++) {
    const line = lines[i] as string;
    const colon = line.indexOf(':');
    if (colon < 0) throw new HttpSyntaxError(400, 'a header line has no name');
    const name = line.slice(0, colon);
    const key = keyOf(name);
    const value = line.slice(colon + 1).trim();
    if (CONTROL.test(value)) throw new HttpSyntaxError(400, `the header ${name} holds a control character`);
    const before = fields[key];
    if (before !== undefined && (key === 'content-length' || key === 'transfer-encoding')) {
      throw new HttpSyntaxError(400, `the header ${name} came twice`);
    }
    fields[key] = before === undefined ? value : `${before}, ${value}`;
  }
  return fields;
}

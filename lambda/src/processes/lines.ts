import { MAX_LOG_LINE_BYTES } from '../limits.ts';

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
const CUT_NOTE = ` [cut by Upstack: the line is longer than ${MAX_LOG_LINE_BYTES} bytes]`;

/**
 * Splits the bytes a function writes into lines; one may hold a record of several, with newlines in it. A line above
 * 64 KB is cut, with a note, and its rest dropped.
 */
export class LineSplitter {
  #emit: (line: string) => void;
  #parts: Buffer[] = [];
  #size = 0;

  constructor(emit: (line: string) => void) {
    this.#emit = emit;
  }

  push(bytes: Buffer): void {
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      this.#keep(bytes.subarray(start, end));
      this.flush();
      start = end + 1;
    }
    if (start < bytes.length) this.#keep(bytes.subarray(start));
  }

  /** Ends the line that has no newline yet, if there is one. */
  flush(): void {
    if (this.#parts.length === 0) return;
    const whole = this.#parts.length === 1 ? (this.#parts[0] as Buffer) : Buffer.concat(this.#parts);
    const cut = this.#size > MAX_LOG_LINE_BYTES;
    this.#parts = [];
    this.#size = 0;
    const end = whole.at(-1) === CARRIAGE_RETURN ? whole.length - 1 : whole.length;
    // Runtime clients keep the lines of one record together with carriage returns.
    const text = whole.toString('utf8', 0, cut ? whole.length : end).replaceAll('\r', '\n');
    this.#emit(cut ? text + CUT_NOTE : text);
  }

  #keep(part: Buffer): void {
    const room = MAX_LOG_LINE_BYTES - this.#size;
    this.#size += part.length;
    if (room > 0 || this.#parts.length === 0) this.#parts.push(part.subarray(0, Math.max(room, 0)));
  }
}

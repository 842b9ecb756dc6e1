import { MAX_LOG_TAIL_BYTES } from '../limits.ts';

/** The last lines of an invocation's log, as many as an answer may carry (4 KB); what is older is forgotten at once. */
export class LogTail {
  #lines: string[] = [];
  #bytes = 0;

  push(line: string): void {
    this.#lines.push(line);
    this.#bytes += Buffer.byteLength(line) + 1;
    while (this.#lines.length > 1 && this.#bytes - sizeOf(this.#lines[0] as string) >= MAX_LOG_TAIL_BYTES) {
      this.#bytes -= sizeOf(this.#lines.shift() as string);
    }
  }

  /** The end of the log of which these lines are the middle, at most 4 KB. */
  text({ before, after }: { before: string[]; after: string[] }): string {
    const lines = [...before, ...this.#lines, ...after];
    const whole = Buffer.from(lines.map((line) => `${line}\n`).join(''));
    return whole.subarray(-MAX_LOG_TAIL_BYTES).toString('utf8');
  }
}

function sizeOf(line: string): number {
  return Buffer.byteLength(line) + 1;
}

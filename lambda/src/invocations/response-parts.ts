/** Bytes that may wait for a slow reader before the function is held back. */
const MAX_WAITING_BYTES = 262_144;

/**
 * The parts of a streamed response on their way from the function to its reader. Whoever writes gets a promise when
 * too much waits; when the reader leaves, what still comes is dropped and nobody is held back.
 */
export class ResponseParts implements AsyncIterable<Buffer> {
  #waiting: Buffer[] = [];
  #bytes = 0;
  #ended = false;
  #left = false;
  /** Wakes the reader, and those who were held back. */
  #arrived = Promise.withResolvers<void>();
  #room: PromiseWithResolvers<void> | undefined;

  /** A promise while there is no room; kept when there is again. */
  push(part: Buffer): Promise<void> | undefined {
    if (this.#left) return undefined;
    // The parser's bytes are part of a larger buffer, which must not be kept alive by a few of them.
    this.#waiting.push(Buffer.from(part));
    this.#bytes += part.length;
    this.#arrived.resolve();
    if (this.#bytes < MAX_WAITING_BYTES) return undefined;
    this.#room ??= Promise.withResolvers<void>();
    return this.#room.promise;
  }

  end(): void {
    this.#ended = true;
    this.#arrived.resolve();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    try {
      for (;;) {
        const part = this.#waiting.shift();
        if (part) {
          this.#bytes -= part.length;
          if (this.#bytes < MAX_WAITING_BYTES / 2) this.#makeRoom();
          yield part;
        } else if (this.#ended) {
          return;
        } else {
          this.#arrived = Promise.withResolvers<void>();
          await this.#arrived.promise;
        }
      }
    } finally {
      this.#left = true;
      this.#waiting = [];
      this.#makeRoom();
    }
  }

  #makeRoom(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }
}

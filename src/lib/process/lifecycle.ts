/** Collects what must be released and releases it once, last opened first, even when one of them fails. */
export class Lifecycle {
  #closers: { name: string; close: () => unknown }[] = [];
  #closing: Promise<void> | undefined;

  /** Registers a release step; returns the value for use in one expression. */
  add<T>(name: string, value: T, close: (value: T) => unknown): T {
    this.#closers.push({ name, close: () => close(value) });
    return value;
  }

  /** Runs every release step; rejects with an AggregateError of those that failed, after all have run. */
  close(): Promise<void> {
    this.#closing ??= this.#run();
    return this.#closing;
  }

  async #run(): Promise<void> {
    const failures: Error[] = [];
    for (const { name, close } of this.#closers.reverse()) {
      try {
        await close();
      } catch (cause) {
        failures.push(new Error(`closing ${name} failed`, { cause }));
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, failures.map((f) => f.message).join('; '));
  }
}

/** Collects release steps and runs them once, in reverse order, even when one fails. */
export class Lifecycle {
  #closers: { name: string; close: () => unknown }[] = [];
  #closing: Promise<void> | undefined;

  /** Registers a release step. Returns `value`. */
  add<T>(name: string, value: T, close: (value: T) => unknown): T {
    this.#closers.push({ name, close: () => close(value) });
    return value;
  }

  /** Runs every release step, then rejects with an AggregateError of the failures, if any. */
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

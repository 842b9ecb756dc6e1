/** A bounded first-in first-out buffer that drops its oldest record when it is full, and counts what it dropped. */
export class Ring<T> {
  #slots: (T | undefined)[];
  #first = 0;
  #length = 0;
  #dropped = 0;

  /** `capacity` is at least 1. */
  constructor(capacity: number) {
    this.#slots = new Array<T | undefined>(capacity).fill(undefined);
  }

  push(record: T): void {
    const capacity = this.#slots.length;
    if (this.#length === capacity) {
      this.#slots[this.#first] = record;
      this.#first = this.#first + 1 === capacity ? 0 : this.#first + 1;
      this.#dropped++;
      return;
    }
    this.#slots[(this.#first + this.#length++) % capacity] = record;
  }

  /** Takes everything out, oldest first. */
  drain(): T[] {
    const records: T[] = [];
    for (let i = 0; i < this.#length; i++) {
      const slot = (this.#first + i) % this.#slots.length;
      records.push(this.#slots[slot] as T);
      this.#slots[slot] = undefined;
    }
    this.#first = 0;
    this.#length = 0;
    return records;
  }

  /** How many were dropped since this was last asked. */
  takeDropped(): number {
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }
}

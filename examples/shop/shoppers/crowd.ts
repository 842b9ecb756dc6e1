import { churnChance, type Outcome, type Person, personAt } from './person.ts';
import { type Random, randomOf } from './random.ts';

export interface Visit {
  person: Person;
  isFirst: boolean;
  /** The visit's own random stream, so that its decisions do not depend on other visits. */
  random: Random;
}

/** First number of newcomers, well above those of the initial customers. */
const FIRST_NEWCOMER = 1_000_000;
/** Share of visits by newcomers. */
const NEW_SHARE = 0.003;

/**
 * The people who use the shop: initially the customers (distinct numbers of people), later without those who left for
 * good and with newcomers. Nobody is in the shop twice at the same time.
 */
export class Crowd {
  #seed: number;
  #random: Random;
  #outside: number[];
  #visits = 0;
  #newcomers = 0;
  #churned = 0;

  constructor(seed: number, customers: readonly number[]) {
    this.#seed = seed;
    this.#random = randomOf(seed, 'crowd');
    this.#outside = [...customers];
  }

  get churned(): number {
    return this.#churned;
  }

  get newcomers(): number {
    return this.#newcomers;
  }

  /** The next visit: mostly of a customer who is outside; sometimes, and when nobody is outside, of a newcomer. */
  arrive(): Visit {
    const random = randomOf(this.#seed, 'visit', this.#visits++);
    if (this.#outside.length === 0 || this.#random.chance(NEW_SHARE)) {
      const index = FIRST_NEWCOMER + this.#newcomers++;
      return { person: personAt(this.#seed, index), isFirst: true, random };
    }
    const at = this.#random.whole(0, this.#outside.length - 1);
    const index = this.#outside[at] as number;
    this.#outside[at] = this.#outside.at(-1) as number;
    this.#outside.pop();
    return { person: personAt(this.#seed, index), isFirst: false, random };
  }

  /** Ends a visit. The outcome decides how likely the person comes back. */
  leave(person: Person, outcome: Outcome): void {
    if (this.#random.chance(churnChance(outcome))) this.#churned++;
    else this.#outside.push(person.index);
  }
}

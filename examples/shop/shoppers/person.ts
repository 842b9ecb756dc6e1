import { randomOf } from './random.ts';

/**
 * Why a person comes: a `regular` repeats the last order, a `buyer` comes for one product (from a newsletter, a search)
 * and mostly takes it, a `browser` looks around.
 */
type Temper = 'regular' | 'buyer' | 'browser';

/** A person who uses the shop. The seed and the number determine everything about them. */
export interface Person {
  index: number;
  name: string;
  email: string;
  /** The anonymous id of their browser. */
  visitorId: string;
  card: string;
  temper: Temper;
  /** Thinking time relative to the average of 1. */
  pace: number;
  /** How long they wait for a step, in milliseconds of their own time. */
  patienceMs: number;
  /** Retries after a failure. */
  retries: number;
}

/** The outcome of one step of a visit. */
export type Outcome = 'done' | 'failed' | 'slow';
export type Reaction = 'go on' | 'try again' | 'leave';

const FIRST_NAMES =
  'Ada Aisha Anton Bea Carlos Chloe Dario Edda Elif Emil Femi Greta Hana Igor Ines Jana Jonas Kofi Lena Liam Lucia Maja Marek Mina Nadia Nils Nora Omar Paula Pavel Rosa Sam Sofia Tariq Theo Uma Vera Wim Yara Zoe'.split(
    ' ',
  );
const LAST_NAMES =
  'Abel Adeyemi Bauer Berg Costa Demir Dubois Eriksen Falk Ferrari Fischer Garcia Hansen Horvat Ibrahim Jansen Kaya Keller Kowalski Lang Laurent Lopez Marin Meyer Moreau Nagy Novak Okafor Olsen Petrov Ricci Rossi Santos Schmid Silva Sommer Tanaka Vogel Weiss Yilmaz'.split(
    ' ',
  );
/** Public test numbers of card networks; all pass the check digit. */
const CARDS = ['4242424242424242', '5555555555554444', '4000056655665556', '2223003122003222'];

/** Half of all people wait less than this for a step; a tenth of it in the demo, see README.md. */
const MEDIAN_PATIENCE_MS = 6_000;
const PATIENCE_SPREAD = 0.35;

export function personAt(seed: number, index: number): Person {
  const random = randomOf(seed, 'person', index);
  const first = random.pick(FIRST_NAMES);
  const last = random.pick(LAST_NAMES);
  const dice = random.next();
  return {
    index,
    name: `${first} ${last}`,
    email: `${first}.${last}.${index}@example.com`.toLowerCase(),
    visitorId: `visitor-${seed}-${index}`,
    card: random.pick(CARDS),
    temper: dice < 0.45 ? 'regular' : dice < 0.85 ? 'buyer' : 'browser',
    pace: random.lognormal(1, 0.3),
    patienceMs: random.lognormal(MEDIAN_PATIENCE_MS, PATIENCE_SPREAD),
    retries: random.whole(1, 2),
  };
}

/** What a person does after the `tries`-th attempt at a step (1 is the first). */
export function reaction(person: Person, outcome: Outcome, tries: number): Reaction {
  if (outcome === 'done') return 'go on';
  if (outcome === 'slow') return 'leave';
  return tries <= person.retries ? 'try again' : 'leave';
}

/** The probability that a visit was the person's last: higher after a disappointment. */
export function churnChance(outcome: Outcome): number {
  return outcome === 'done' ? 0.002 : 0.02;
}

import { randomOf } from './random.ts';

/**
 * What brings a person to the shop: a `regular` orders again what they had last time, a `buyer` comes for one product
 * (from a newsletter, a search) and mostly takes it, a `browser` looks around.
 */
type Temper = 'regular' | 'buyer' | 'browser';

/** Somebody who uses the shop. Everything about them follows from the seed and their number. */
export interface Person {
  index: number;
  name: string;
  email: string;
  /** The anonymous id of their browser. */
  visitorId: string;
  card: string;
  temper: Temper;
  /** Their tempo: 1 is average, 2 thinks twice as long. */
  pace: number;
  /** How long they look at a page that does not come, in milliseconds of their own time. */
  patienceMs: number;
  /** How often they try again when something fails. */
  retries: number;
}

/** How one step of a visit went. */
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

/** Half of all people wait less than this for a step. In the demo ten times faster, see README.md. */
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

/** What a person does after a step that went like this for the `tries`-th time (1 is the first). */
export function reaction(person: Person, outcome: Outcome, tries: number): Reaction {
  if (outcome === 'done') return 'go on';
  if (outcome === 'slow') return 'leave';
  return tries <= person.retries ? 'try again' : 'leave';
}

/** The chance that a visit was the last one: a person whom the shop let down comes back less likely. */
export function churnChance(outcome: Outcome): number {
  return outcome === 'done' ? 0.002 : 0.02;
}

import { PRODUCTS } from '../functions/shared/products.ts';
import type { Person } from './person.ts';
import type { Random } from './random.ts';

interface Taken {
  sku: string;
  quantity: number;
}

/** The next step of a person, with its product. */
type Deed =
  | { kind: 'home' }
  /** `choice` picks one of the recommendations if they have arrived by then; otherwise the step takes `sku`. */
  | { kind: 'view'; sku: string; recommendation?: { choice: number } }
  | ({ kind: 'add' } & Taken)
  | { kind: 'sign-up' }
  /** `again` is the content of a regular's basket from last time. */
  | { kind: 'pay'; again?: Taken }
  | { kind: 'confirm' };

export type Step = Deed & {
  /** Time between the end of the previous step and this one, in milliseconds of the person's own time. */
  thinkMs: number;
};

/** Median thinking times before each kind of step, in milliseconds of a person's own time. */
const THINK_MS: Record<Deed['kind'], number> = {
  home: 300,
  view: 1_600,
  add: 1_500,
  'sign-up': 1_800,
  pay: 2_000,
  confirm: 1_000,
};
const THINK_SPREAD = 0.5;
/** What a regular buys: consumables. */
const USUALS = ['morning-blend', 'high-terrace', 'quiet-decaf'];
/** Share of new buyers who also open an account. */
const SIGNS_UP = 0.5;

/**
 * The plan of one visit, decided before it starts: what the person does if everything works. The first step is
 * always a page, because the page tells the browser where the checkout is.
 */
export function planVisit(person: Person, isFirstVisit: boolean, random: Random): Step[] {
  const deeds = DEEDS[person.temper](random, isFirstVisit);
  return deeds.map((deed) => ({
    ...deed,
    thinkMs: Math.round(person.pace * random.lognormal(THINK_MS[deed.kind], THINK_SPREAD)),
  }));
}

const DEEDS: Record<Person['temper'], (random: Random, isFirstVisit: boolean) => Deed[]> = {
  regular(random, isFirstVisit) {
    const again = taken(random.pick(USUALS), random);
    return [{ kind: 'home' }, ...(random.chance(0.97) ? checkout(random, isFirstVisit, again) : [])];
  },
  buyer(random, isFirstVisit) {
    const { sku } = random.pick(PRODUCTS);
    const deeds: Deed[] = [
      { kind: 'view', sku },
      { kind: 'add', ...taken(sku, random) },
    ];
    return random.chance(0.9) ? [...deeds, ...checkout(random, isFirstVisit)] : deeds;
  },
  browser(random, isFirstVisit) {
    const deeds: Deed[] = [{ kind: 'home' }];
    const views = random.whole(1, 5);
    let sku = '';
    for (let i = 0; i < views; i++) {
      sku = random.pick(PRODUCTS).sku;
      const follows = i > 0 && random.chance(0.4);
      deeds.push({
        kind: 'view',
        sku,
        ...(follows ? { recommendation: { choice: random.whole(0, 2) } } : {}),
      });
    }
    if (!random.chance(0.4)) return deeds;
    deeds.push({ kind: 'add', ...taken(sku, random) });
    return random.chance(0.4) ? [...deeds, ...checkout(random, isFirstVisit)] : deeds;
  },
};

function taken(sku: string, random: Random): Taken {
  return { sku, quantity: random.chance(0.8) ? 1 : random.whole(2, 4) };
}

function checkout(random: Random, isFirstVisit: boolean, again?: Taken): Deed[] {
  const join: Deed[] = isFirstVisit && random.chance(SIGNS_UP) ? [{ kind: 'sign-up' }] : [];
  return [...join, { kind: 'pay', ...(again ? { again } : {}) }, { kind: 'confirm' }];
}

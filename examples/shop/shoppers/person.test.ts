import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PRODUCTS } from '../functions/shared/products.ts';
import { passesCheckDigit } from '../functions/shop-payments/index.ts';
import { Crowd } from './crowd.ts';
import { planVisit, type Step } from './journey.ts';
import { type Person, personAt, reaction } from './person.ts';
import { randomOf } from './random.ts';

const seeds = fc.nat();
const people = (count: number): Person[] => Array.from({ length: count }, (_, index) => personAt(7, index));
const plans = (count: number): { person: Person; steps: Step[] }[] =>
  people(count).map((person) => ({
    person,
    steps: planVisit(person, false, randomOf(7, 'plan', person.index)),
  }));
const reaching = (kind: Step['kind'], of: { steps: Step[] }[]): number =>
  of.filter(({ steps }) => steps.some((step) => step.kind === kind)).length / of.length;

test('the same seed gives the same person and the same plan; another seed gives others', () => {
  fc.assert(
    fc.property(seeds, fc.nat(10_000), fc.boolean(), (seed, index, isFirst) => {
      const plan = () => planVisit(personAt(seed, index), isFirst, randomOf(seed, 'visit', index));
      assert.deepEqual(personAt(seed, index), personAt(seed, index));
      assert.deepEqual(plan(), plan());
    }),
  );
  assert.notDeepEqual(
    people(50),
    people(50).map((person) => personAt(8, person.index)),
  );
});

test('every plan begins with a page, has only existing products, and pays before it confirms', () => {
  const skus = new Set(PRODUCTS.map((product) => product.sku));
  fc.assert(
    fc.property(seeds, fc.nat(10_000), fc.boolean(), (seed, index, isFirst) => {
      const steps = planVisit(personAt(seed, index), isFirst, randomOf(seed, 'visit', index));
      const kinds = steps.map((step) => step.kind);
      assert.ok(kinds[0] === 'home' || kinds[0] === 'view');
      assert.ok(kinds.filter((kind) => kind === 'view').length <= 5);
      assert.ok(steps.every((step) => step.thinkMs >= 0 && step.thinkMs < 120_000));
      for (const step of steps) if ('sku' in step) assert.ok(skus.has(step.sku));
      const paysAt = kinds.indexOf('pay');
      if (paysAt < 0) assert.ok(!kinds.includes('confirm'));
      else assert.deepEqual(kinds.slice(paysAt), ['pay', 'confirm']);
      const payment = steps[paysAt];
      if (payment?.kind === 'pay' && !payment.again)
        assert.ok(kinds.includes('add'), 'somebody pays for nothing');
      if (!isFirst) assert.ok(!kinds.includes('sign-up'));
    }),
  );
});

test('the mix of visits matches the README', () => {
  const all = plans(20_000);
  assert.ok(Math.abs(reaching('pay', all) - 0.82) < 0.01, `pays ${reaching('pay', all)}`);
  assert.ok(Math.abs(reaching('view', all) - 0.55) < 0.01, `views ${reaching('view', all)}`);
  const both = all.filter(({ steps }) => steps.some((step) => step.kind === 'view'));
  assert.ok(Math.abs((both.length / all.length) * reaching('pay', both) - 0.384) < 0.01);
});

test('half of all people wait less than six seconds, and nine in ten between three and twelve', () => {
  const patience = people(20_000).map((person) => person.patienceMs);
  const share = (min: number, max: number) =>
    patience.filter((ms) => ms > min && ms < max).length / patience.length;
  assert.ok(Math.abs(share(0, 6_000) - 0.5) < 0.02);
  assert.ok(Math.abs(share(3_000, 12_000) - 0.952) < 0.01);
});

test('a slow step ends the visit, a failed one is retried once or twice', () => {
  for (const person of people(100)) {
    assert.ok(person.retries === 1 || person.retries === 2);
    assert.equal(reaction(person, 'done', 1), 'go on');
    assert.equal(reaction(person, 'slow', 1), 'leave');
    assert.equal(reaction(person, 'failed', person.retries), 'try again');
    assert.equal(reaction(person, 'failed', person.retries + 1), 'leave');
    assert.ok(passesCheckDigit(person.card));
  }
});

test('nobody is in the shop twice, and disappointed people leave for good more often', () => {
  const customers = Array.from({ length: 100 }, (_, index) => 11 + 5 * index);
  const visits = (outcome: 'done' | 'slow') => {
    const crowd = new Crowd(7, customers);
    for (let round = 0; round < 200; round++) {
      const inside = Array.from({ length: 50 }, () => crowd.arrive().person);
      assert.equal(new Set(inside.map((person) => person.index)).size, 50);
      for (const person of inside) crowd.leave(person, outcome);
    }
    return crowd;
  };
  const [happy, disappointed] = [visits('done'), visits('slow')];
  assert.ok(happy.churned < 50 && disappointed.churned > 100, `${happy.churned} and ${disappointed.churned}`);
  assert.ok(happy.newcomers > 5 && happy.newcomers < 100, `${happy.newcomers}`);
});

test('every visitor is a given customer or a newcomer', () => {
  const customers = [4, 8, 15, 16, 23, 42];
  const crowd = new Crowd(7, customers);
  const seen = new Set<number>();
  for (let round = 0; round < 500; round++) {
    const { person, isFirst } = crowd.arrive();
    if (!isFirst) assert.ok(customers.includes(person.index), `${person.index}`);
    else assert.ok(person.index > 4_000, `${person.index}`);
    if (!isFirst) seen.add(person.index);
    crowd.leave(person, 'done');
  }
  assert.equal(seen.size, customers.length);
  assert.deepEqual(customers, [4, 8, 15, 16, 23, 42], 'the list of the caller is not touched');
});

test('without customers, newcomers come', () => {
  const crowd = new Crowd(7, [31]);
  const indexes = [crowd.arrive(), crowd.arrive(), crowd.arrive()].map((visit) => visit.person.index);
  assert.equal(new Set(indexes).size, 3);
});

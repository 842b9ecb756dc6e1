import { setTimeout as wait } from 'node:timers/promises';
import { withUpstack } from '@upstack/lambda';
import { sealAuthorisation } from '../shared/authorisation.ts';
import { setting } from '../shared/downstream.ts';
import {
  bodyOf,
  json,
  Refused,
  refusing,
  route,
  textOf,
  type UrlEvent,
  type UrlResult,
} from '../shared/http.ts';

/** The round trip to the card network, which this shop does not have: 8 to 20 ms. */
const NETWORK_MS = { least: 8, spread: 12 };
/** The well-known test card that every bank refuses; any other number that passes the check digit is accepted. */
const REFUSED_CARD = '4000000000000002';

/** `POST /authorisations {orderId, amountCents, currency, card}`: asks the bank, answers 201 or 402. */
async function authorise(event: UrlEvent): Promise<UrlResult> {
  const body = bodyOf(event);
  const orderId = textOf(body, 'orderId');
  const currency = textOf(body, 'currency');
  const card = textOf(body, 'card').replaceAll(' ', '');
  const { amountCents } = body;
  if (typeof amountCents !== 'number' || !Number.isInteger(amountCents) || amountCents <= 0) {
    throw new Refused(400, 'bad-amount', '"amountCents" must be a positive whole number.');
  }
  await wait(NETWORK_MS.least + Math.random() * NETWORK_MS.spread);
  if (!passesCheckDigit(card)) throw new Refused(402, 'bad-card', 'That card number has a typing mistake.');
  if (card === REFUSED_CARD)
    throw new Refused(402, 'card-refused', 'The bank refused the card: try another one.');
  // The same order is the same payment, however often it is asked for.
  const authorisation = { paymentId: `pay_${orderId}`, orderId, amountCents, currency };
  return json(201, {
    paymentId: authorisation.paymentId,
    authorisation: sealAuthorisation(authorisation, setting('PAYMENTS_KEY')),
  });
}

/** The Luhn check digit (ISO/IEC 7812-1, annex B). */
export function passesCheckDigit(card: string): boolean {
  if (!/^\d{12,19}$/.test(card)) return false;
  let sum = 0;
  for (let i = 0; i < card.length; i++) {
    const digit = Number(card[card.length - 1 - i]);
    const counted = i % 2 === 0 ? digit : digit * 2;
    sum += counted > 9 ? counted - 9 : counted;
  }
  return sum % 10 === 0;
}

async function answer(event: UrlEvent): Promise<UrlResult> {
  return refusing(async () => {
    if (route(event) === 'POST /authorisations') return authorise(event);
    throw new Refused(404, 'no-such-page', 'shop-payments answers POST /authorisations.');
  });
}

export const handler = withUpstack(answer);

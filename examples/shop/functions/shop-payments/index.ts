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
  stringOf,
  type UrlEvent,
  type UrlResult,
} from '../shared/http.ts';

/** Simulated round trip to the card network: 8 to 20 ms. */
const NETWORK_MS = { min: 8, spread: 12 };
/** The well-known test card that is always declined; any other number with a valid check digit is accepted. */
const DECLINED_CARD = '4000000000000002';

/** `POST /authorisations {orderId, amountCents, currency, card}`: asks the bank; returns 201 or 402. */
async function authorise(event: UrlEvent): Promise<UrlResult> {
  const body = bodyOf(event);
  const orderId = stringOf(body, 'orderId');
  const currency = stringOf(body, 'currency');
  const card = stringOf(body, 'card').replaceAll(' ', '');
  const { amountCents } = body;
  if (typeof amountCents !== 'number' || !Number.isInteger(amountCents) || amountCents <= 0) {
    throw new Refused(400, 'bad-amount', '"amountCents" must be a positive whole number.');
  }
  await wait(NETWORK_MS.min + Math.random() * NETWORK_MS.spread);
  if (!passesCheckDigit(card))
    throw new Refused(402, 'bad-card', 'The card number is not valid: check it for typing mistakes.');
  if (card === DECLINED_CARD)
    throw new Refused(402, 'card-refused', 'The bank declined the card: try another one.');
  // Repeated requests for the same order are the same payment.
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

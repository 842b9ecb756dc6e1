import { createHmac, timingSafeEqual } from 'node:crypto';

/** The response of shop-payments when the bank approves: the payment, its order and its amount. */
export interface Authorisation {
  paymentId: string;
  orderId: string;
  amountCents: number;
  currency: string;
}

/** The authorisation as a string that the browser carries to the confirmation and cannot change (HMAC-SHA256). */
export function sealAuthorisation(authorisation: Authorisation, key: string): string {
  const text = Buffer.from(JSON.stringify(authorisation)).toString('base64url');
  return `${text}.${mac(text, key)}`;
}

/** Reads a sealed authorisation; undefined unless it was sealed with this key. */
export function openAuthorisation(sealed: string, key: string): Authorisation | undefined {
  const [text = '', given = ''] = sealed.split('.');
  const expected = Buffer.from(mac(text, key));
  const actual = Buffer.from(given);
  if (expected.length !== actual.length || !timingSafeEqual(expected, actual)) return undefined;
  return JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as Authorisation;
}

function mac(text: string, key: string): string {
  return createHmac('sha256', key).update(text).digest('base64url');
}

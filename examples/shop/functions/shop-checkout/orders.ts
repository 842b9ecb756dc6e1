import { createHash } from 'node:crypto';
import { identify, track } from '@upstack/lambda';
import { openAuthorisation } from '../shared/authorisation.ts';
import { added, lineOf, linesOf, priced, totalCents } from '../shared/basket.ts';
import { customerId } from '../shared/customer.ts';
import { call, DownstreamFailure, setting } from '../shared/downstream.ts';
import { bodyOf, Refused, stringOf, type UrlEvent } from '../shared/http.ts';
import { CURRENCY } from '../shared/products.ts';

/** Timeout of the bank: as long as a person can be expected to look at "one moment, please". */
const PAYMENT_TIMEOUT_MS = 4_000;

/** `POST /basket {lines, add: {sku, quantity?}, visitor, email?}` returns the new basket with its total. */
export async function addToBasket(event: UrlEvent): Promise<unknown> {
  const body = bodyOf(event);
  const line = lineOf(body.add);
  const lines = added(linesOf(body.lines ?? []), line);
  const bought = priced([line])[0];
  track(
    'Product Added',
    { ...line, price: euros(bought?.product.priceCents ?? 0), currency: CURRENCY },
    actor(body),
  );
  return { lines, totalCents: totalCents(lines), currency: CURRENCY };
}

/** `POST /sign-up {email, name, visitor}` returns the customer's id. */
export async function signUp(event: UrlEvent): Promise<unknown> {
  const body = bodyOf(event);
  const email = emailOf(body);
  const name = stringOf(body, 'name');
  const userId = customerId(email);
  identify(userId, { email, name });
  track('Signed Up', { method: 'email' }, actor(body));
  return { customerId: userId, name };
}

/**
 * `POST /checkout {lines, email, card, visitor, attempt}`: asks shop-payments to authorise the order. Returns the
 * sealed authorisation for `/confirm`, 402 when the bank declines, 502 or 504 when payments do not work.
 * `attempt` identifies this purchase, so that a retry is the same order and never a second charge.
 */
export async function pay(event: UrlEvent): Promise<unknown> {
  const body = bodyOf(event);
  const lines = linesOf(body.lines);
  const email = emailOf(body);
  const card = stringOf(body, 'card');
  const orderId = orderIdOf(email, stringOf(body, 'attempt'));
  const amountCents = totalCents(lines);
  if (amountCents === 0) throw new Refused(400, 'empty-basket', 'The basket is empty.');
  const pieces = lines.reduce((sum, line) => sum + line.quantity, 0);
  track('Checkout Started', { orderId, total: euros(amountCents), currency: CURRENCY, pieces }, actor(body));
  const { status, body: answer } = await authorise({ orderId, amountCents, currency: CURRENCY, card });
  if (status === 201) {
    const { authorisation } = answer as { authorisation: string };
    return { orderId, totalCents: amountCents, currency: CURRENCY, authorisation };
  }
  const refusal = (answer as { error?: { reason: string; message: string } } | undefined)?.error;
  throw new Refused(
    402,
    refusal?.reason ?? 'card-refused',
    refusal?.message ?? 'The bank declined the card.',
  );
}

/** `POST /confirm {authorisation, email, visitor}`: completes an authorised order. */
export async function confirm(event: UrlEvent): Promise<unknown> {
  const body = bodyOf(event);
  const sealed = body.authorisation;
  const paid = typeof sealed === 'string' ? openAuthorisation(sealed, setting('PAYMENTS_KEY')) : undefined;
  if (!paid)
    throw new Refused(400, 'no-payment', 'There is no authorised payment to confirm: check out again.');
  const { orderId, amountCents, currency } = paid;
  track('Order Completed', { orderId, total: euros(amountCents), currency }, actor(body));
  return { orderId, totalCents: amountCents, currency, shipsInDays: 2 };
}

async function authorise(order: object): Promise<{ status: number; body: unknown }> {
  try {
    const url = new URL('/authorisations', setting('PAYMENTS_URL'));
    const answer = await call('shop-payments', url, PAYMENT_TIMEOUT_MS, { method: 'POST', body: order });
    // Only these two come from the bank. Any other status, such as 429, must not look like a declined card.
    if (answer.status === 201 || answer.status === 402) return answer;
    throw new DownstreamFailure('shop-payments', 'failed', `answered ${answer.status}`);
  } catch (error) {
    if (!(error instanceof DownstreamFailure)) throw error;
    console.error(error.message);
    const [status, reason] = error.kind === 'timeout' ? [504, 'payment-slow'] : [502, 'payment-failed'];
    throw new Refused(
      status as number,
      reason as string,
      'The payment did not go through, and nothing was charged. Please try again in a moment.',
    );
  }
}

/** The actor: the browser's anonymous id, and the customer's id once an address is known. */
function actor(body: Record<string, unknown>): { userId?: string; anonymousId?: string } {
  const visitor =
    typeof body.visitor === 'string' && body.visitor !== '' ? { anonymousId: body.visitor } : {};
  const customer =
    typeof body.email === 'string' && body.email !== '' ? { userId: customerId(body.email) } : {};
  return { ...visitor, ...customer };
}

function emailOf(body: Record<string, unknown>): string {
  const email = stringOf(body, 'email');
  if (!/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(email)) {
    throw new Refused(400, 'bad-email', 'That does not look like an e-mail address.');
  }
  return email;
}

function orderIdOf(email: string, attempt: string): string {
  return `ord_${createHash('sha256').update(`${email}/${attempt}`).digest('hex').slice(0, 12)}`;
}

function euros(cents: number): number {
  return cents / 100;
}

import { createHash } from 'node:crypto';

/** The persistent cookie of a browser: the anonymous id of its product events. */
export const VISITOR_COOKIE = 'shop_visitor';
/** The cookie of one visit: the unit of experiments that compare sessions. */
export const UNIT_COOKIE = 'upstack_unit';

/** A customer's id: derived from the address, so that the shop needs no table. */
export function customerId(email: string): string {
  const digest = createHash('sha256').update(email.trim().toLowerCase()).digest('hex');
  return `cus_${digest.slice(0, 16)}`;
}

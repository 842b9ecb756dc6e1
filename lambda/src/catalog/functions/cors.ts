import { invalidParameter, notInSet, violation } from '../../errors.ts';
import {
  MAX_CORS_AGE_SECONDS,
  MAX_CORS_HEADER,
  MAX_CORS_ITEMS,
  MAX_CORS_METHODS,
  MAX_CORS_ORIGIN,
} from '../../limits.ts';
import type { Cors } from '../records.ts';

type Wire = Record<string, unknown>;

/** OPTIONS is missing because Lambda itself answers preflight requests. */
const METHODS = ['GET', 'PUT', 'HEAD', 'POST', 'PATCH', 'DELETE', '*'];
const MEMBERS = [
  'AllowCredentials',
  'AllowHeaders',
  'AllowMethods',
  'AllowOrigins',
  'ExposeHeaders',
  'MaxAge',
];

/**
 * The CORS settings of a request; undefined for an empty object, which switches them off. Throws
 * InvalidParameterValueException. Source: https://docs.aws.amazon.com/lambda/latest/api/API_Cors.html
 */
export function corsFrom(value: unknown): Cors | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidParameter('Cors must be an object');
  }
  const request = Object.fromEntries(
    Object.entries(value).filter(([member, one]) => MEMBERS.includes(member) && one != null),
  );
  if (Object.keys(request).length === 0) return undefined;
  checkFlag(request);
  checkAge(request);
  checkTexts(request, 'AllowHeaders', MAX_CORS_ITEMS, MAX_CORS_HEADER);
  checkTexts(request, 'ExposeHeaders', MAX_CORS_ITEMS, MAX_CORS_HEADER);
  checkTexts(request, 'AllowOrigins', MAX_CORS_ITEMS, MAX_CORS_ORIGIN);
  for (const method of checkTexts(request, 'AllowMethods', MAX_CORS_METHODS, MAX_CORS_HEADER)) {
    if (!METHODS.includes(method)) throw notInSet(method, 'cors.allowMethods', METHODS);
  }
  const cors = request as Cors;
  if (!cors.AllowOrigins?.length) {
    throw invalidParameter("You can't leave AllowOrigins as empty when Cors is enabled.");
  }
  return cors;
}

function checkFlag({ AllowCredentials }: Wire): void {
  if (AllowCredentials === undefined || typeof AllowCredentials === 'boolean') return;
  throw invalidParameter('Cors.AllowCredentials must be true or false');
}

function checkAge({ MaxAge: age }: Wire): void {
  if (age === undefined) return;
  if (Number.isInteger(age) && Number(age) >= 0 && Number(age) <= MAX_CORS_AGE_SECONDS) return;
  throw violation(age, 'cors.maxAge', `have value from 0 to ${MAX_CORS_AGE_SECONDS}`);
}

/** All of it ends up in headers of answers, so it must be what a header can carry. */
function checkTexts(request: Wire, member: string, mostItems: number, longest: number): string[] {
  const texts = request[member] ?? [];
  if (!Array.isArray(texts)) throw invalidParameter(`Cors.${member} must be a list`);
  if (texts.length > mostItems) {
    throw violation(texts.length, `cors.${member}`, `have length less than or equal to ${mostItems}`);
  }
  for (const text of texts) {
    if (typeof text === 'string' && text.length <= longest && /^[\x21-\x7e]+$/.test(text)) continue;
    throw violation(text, `cors.${member}`, `have items of 1 to ${longest} printable ASCII characters`);
  }
  return texts;
}

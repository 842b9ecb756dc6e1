/**
 * Event patterns, in the part of EventBridge's language that Lambda has.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-syntax
 */
import { isObject } from '../../sqs/input.ts';

/** Whether a value of an event, which may be absent, is as the pattern wants it. */
export type Matcher = (value: unknown) => boolean;

/** Thrown for what is no pattern; the message says why. */
export class PatternError extends Error {}

/** An object of fields: all must match. A field holds either fields again or a list, of which one must match. */
export function fieldsMatcher(pattern: unknown): Matcher {
  if (!isObject(pattern)) throw new PatternError('a pattern must be an object');
  const matchers = Object.entries(pattern).map(([name, value]): Matcher => {
    if (name === '$or') return anyOf(value);
    const matches = valueMatcher(name, value);
    return (event) => matches(fieldOf(event, name));
  });
  if (matchers.length === 0) throw new PatternError('a pattern must not be empty');
  return (event) => matchers.every((matches) => matches(event));
}

/** A list of which one must match a plain value. */
export function listMatcher(name: string, rules: unknown): Matcher {
  if (!Array.isArray(rules) || rules.length === 0) {
    throw new PatternError(`${name} must have an object or a list of rules that is not empty`);
  }
  const matchers = rules.map(ruleMatcher);
  return (value) => matchers.some((matches) => matches(value));
}

function valueMatcher(name: string, value: unknown): Matcher {
  if (isObject(value)) return eachOf(fieldsMatcher(value));
  return eachOf(listMatcher(name, value));
}

/** A list in an event matches when one of its members does. */
function eachOf(matches: Matcher): Matcher {
  return (value) => (Array.isArray(value) && value.length > 0 ? value.some(matches) : matches(value));
}

function anyOf(value: unknown): Matcher {
  if (!Array.isArray(value) || value.length === 0) throw new PatternError('$or must be a list of patterns');
  const matchers = value.map(fieldsMatcher);
  return (event) => matchers.some((matches) => matches(event));
}

function fieldOf(event: unknown, name: string): unknown {
  return isObject(event) && Object.hasOwn(event, name) ? event[name] : undefined;
}

/** A rule is a value to be equal to, or an object with one operator. */
function ruleMatcher(rule: unknown): Matcher {
  if (!isObject(rule)) {
    if (Array.isArray(rule)) throw new PatternError('a rule must not be a list');
    return (value) => value === rule;
  }
  const [operator = '', ...others] = Object.keys(rule);
  const make = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
  if (!make || others.length > 0)
    throw new PatternError(`there is no operator ${Object.keys(rule).join(', ')}`);
  return make(rule[operator], operator);
}

const OPERATORS: Record<string, (operand: unknown, operator: string) => Matcher> = {
  exists(operand) {
    if (typeof operand !== 'boolean') throw new PatternError('exists must be true or false');
    return (value) => (value !== undefined) === operand;
  },
  prefix: textMatcher((text, start) => text.startsWith(start)),
  suffix: textMatcher((text, end) => text.endsWith(end)),
  'equals-ignore-case': textMatcher((text, other) => text.toLowerCase() === other.toLowerCase()),
  'anything-but'(operand) {
    const values = Array.isArray(operand) ? operand : [operand];
    if (values.length === 0 || !values.every((one) => ['string', 'number'].includes(typeof one))) {
      throw new PatternError('anything-but must be texts or numbers');
    }
    return (value) => value !== undefined && !values.includes(value);
  },
  numeric: numericMatcher,
};

function textMatcher(compare: (text: string, operand: string) => boolean) {
  return (operand: unknown, operator: string): Matcher => {
    if (typeof operand !== 'string') throw new PatternError(`${operator} must be a string`);
    return (value) => typeof value === 'string' && compare(value, operand);
  };
}

const COMPARISONS: Record<string, (left: number, right: number) => boolean> = {
  '=': (left, right) => left === right,
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
};

/** One comparison, or two that make a range: `[">", 0, "<=", 5]`. */
function numericMatcher(operand: unknown): Matcher {
  const parts = Array.isArray(operand) ? operand : [];
  const pairs = Array.from({ length: parts.length / 2 }, (_, i) => parts.slice(2 * i, 2 * i + 2));
  if (parts.length !== 2 && parts.length !== 4)
    throw new PatternError('numeric must be one or two comparisons');
  const matchers = pairs.map(([sign, number]): Matcher => {
    const holds =
      typeof sign === 'string' && Object.hasOwn(COMPARISONS, sign) ? COMPARISONS[sign] : undefined;
    if (!holds || typeof number !== 'number') {
      throw new PatternError('numeric compares by =, <, <=, > or >= with a number');
    }
    return (value) => typeof value === 'number' && holds(value, number);
  });
  return (value) => matchers.every((matches) => matches(value));
}

/**
 * Which messages of a queue a mapping processes. What fits no pattern is dropped.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-filtering.html
 */

import { isObject } from '../../sqs/input.ts';
import { invalidParameter } from '../errors.ts';
import { MAX_FILTER, MAX_FILTERS } from '../limits.ts';
import { fieldsMatcher, listMatcher, PatternError } from './pattern.ts';

/** Whether the message with this body is to be processed. */
export type Filter = (body: string) => boolean;

/** The patterns in AWS's `FilterCriteria`; without any, every message is processed. Throws InvalidParameterValueException. */
export function filtersFrom(criteria: unknown): string[] {
  const filters = isObject(criteria) ? (criteria.Filters ?? []) : undefined;
  if (!Array.isArray(filters))
    throw invalidParameter('FilterCriteria must be an object with a list of Filters');
  if (filters.length > MAX_FILTERS) {
    throw invalidParameter(`FilterCriteria can have at most ${MAX_FILTERS} filters`);
  }
  return filters.map((filter) => {
    const pattern = isObject(filter) ? filter.Pattern : undefined;
    if (typeof pattern !== 'string' || pattern.length > MAX_FILTER) {
      throw invalidParameter(`A filter must have a Pattern of at most ${MAX_FILTER} characters`);
    }
    filterOf(pattern);
    return pattern;
  });
}

/** The filter of a mapping: one pattern must fit. */
export function filterOfAll(patterns: readonly string[]): Filter {
  const filters = patterns.map(filterOf);
  return (body) => filters.length === 0 || filters.some((fits) => fits(body));
}

/** Of a message nothing but the body can be filtered by: a list is for plain text, an object for JSON. */
function filterOf(text: string): Filter {
  try {
    const pattern: unknown = JSON.parse(text);
    if (!isObject(pattern) || Object.keys(pattern).join() !== 'body') {
      throw new PatternError('a filter for a queue has the one key "body"');
    }
    if (isObject(pattern.body)) {
      const matches = fieldsMatcher(pattern.body);
      return (body) => {
        const value = jsonIn(body);
        return isObject(value) && matches(value);
      };
    }
    const matches = listMatcher('body', pattern.body);
    return (body) => jsonIn(body) === undefined && matches(body);
  } catch (error) {
    if (!(error instanceof PatternError) && !(error instanceof SyntaxError)) throw error;
    throw invalidParameter(`Invalid filter pattern definition. ${error.message}`);
  }
}

/** What a body is as JSON, when that is an object or a list; anything else is plain text. */
function jsonIn(body: string): object | undefined {
  if (!/^\s*[[{]/.test(body)) return undefined;
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

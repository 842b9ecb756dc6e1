import type { Field } from '../lib/yaml-file.ts';

const NAME = /^[a-zA-Z0-9_-]{1,64}$/;

/** The name of a function in a file. */
export function functionField(field: Field): string {
  return field.matching(NAME, 'the name of a function: letters, digits, - and _, at most 64');
}

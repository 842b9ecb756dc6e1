declare const environment: unique symbol;

/** The name of an environment, checked: 1 to 40 lower case letters, digits and hyphens. */
export type Environment = string & { readonly [environment]: true };

export const DEFAULT_ENVIRONMENT = 'production' as Environment;
/** Follows the wrong name in an error. */
export const ENVIRONMENT_RULE = 'must be 1 to 40 lower case letters, digits and hyphens';

export function isEnvironment(name: string): name is Environment {
  return /^[a-z0-9-]{1,40}$/.test(name);
}

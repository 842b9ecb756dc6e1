import {
  DEFAULT_ENVIRONMENT,
  ENVIRONMENT_RULE,
  type Environment,
  isEnvironment,
} from '../../sdk/src/core/environment.ts';

/** What the way that a record came says about its environment. */
export interface Origin {
  /** The environment of the write key, when it is bound to one. */
  key?: Environment | undefined;
  /** The name that the function's tag or the SDK's configuration says; '' or absent when neither does. */
  function?: string | undefined;
}

/** When and by which way records arrived. */
export interface Receipt {
  /** Epoch milliseconds. */
  receivedMs: number;
  origin: Origin;
}

const MAX_SHOWN = 60;

/**
 * The environment of a record that names `own` ('' when it names none): that of the write key, else its own, else the
 * function's, else `production`. A name that breaks the rule is a reason to refuse the record, because any other
 * environment would be a wrong one.
 */
export function environmentOf(
  own: string,
  { key, function: ofFunction = '' }: Origin,
): { environment: Environment } | { reason: string } {
  if (key !== undefined) return { environment: key };
  const name = own || ofFunction || DEFAULT_ENVIRONMENT;
  if (isEnvironment(name)) return { environment: name };
  return {
    reason: `environment ${JSON.stringify(name.slice(0, MAX_SHOWN).toWellFormed())} ${ENVIRONMENT_RULE}`,
  };
}

/** The tag of a function that says its environment. */
const TAG = 'upstack:environment';
/** The variable that configures the SDK. */
const VARIABLE = 'UPSTACK_ENVIRONMENT';

/** What a function's tag says, else its configuration; '' when neither does. */
export function functionEnvironment({
  tags,
  variables,
}: {
  tags: Readonly<Record<string, string>>;
  variables: Readonly<Record<string, string>>;
}): string {
  return tags[TAG] || variables[VARIABLE] || '';
}

import { invalidParameter, notInSet, violation } from '../../errors.ts';
import { MAX_LOG_GROUP } from '../../limits.ts';
import type { Logging } from '../records.ts';

const FORMATS = ['Text', 'JSON'] as const;
const APPLICATION_LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
const SYSTEM_LEVELS = ['DEBUG', 'INFO', 'WARN'];
const LOG_GROUP = /^[.\-_/#A-Za-z0-9]+$/;

export const USUAL_LOGGING: Logging = { format: 'Text' };

/** The log group that a function has unless told otherwise. */
export function logGroupOf(functionName: string, { group }: Logging): string {
  return group ?? `/aws/lambda/${functionName}`;
}

/**
 * What a request says of LoggingConfig, on top of `base`. Levels belong to the JSON format, where both are INFO unless
 * told otherwise. Throws InvalidParameterValueException.
 * Source: https://docs.aws.amazon.com/lambda/latest/api/API_LoggingConfig.html
 */
export function loggingFrom(value: unknown, base: Logging): Logging {
  if (value === undefined || value === null) return base;
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw invalidParameter('LoggingConfig must be an object');
  }
  const config = value as Record<string, unknown>;
  const format = choice(config.LogFormat, 'logFormat', FORMATS) ?? base.format;
  const applicationLevel = choice(config.ApplicationLogLevel, 'applicationLogLevel', APPLICATION_LEVELS);
  const systemLevel = choice(config.SystemLogLevel, 'systemLogLevel', SYSTEM_LEVELS);
  const group = groupOf(config.LogGroup) ?? base.group;
  const grouped = group === undefined ? {} : { group };
  if (format === 'Text') {
    if (applicationLevel === undefined && systemLevel === undefined) return { format, ...grouped };
    throw invalidParameter(
      'ApplicationLogLevel and SystemLogLevel can only be set when LogFormat is set to JSON.',
    );
  }
  return {
    format,
    applicationLevel: applicationLevel ?? base.applicationLevel ?? 'INFO',
    systemLevel: systemLevel ?? base.systemLevel ?? 'INFO',
    ...grouped,
  };
}

/** AWS's `LoggingConfig`. */
export function loggingConfiguration(functionName: string, logging: Logging): object {
  const { format, applicationLevel, systemLevel } = logging;
  return {
    LogFormat: format,
    ...(format === 'JSON' ? { ApplicationLogLevel: applicationLevel, SystemLogLevel: systemLevel } : {}),
    LogGroup: logGroupOf(functionName, logging),
  };
}

function choice<Value extends string>(
  value: unknown,
  member: string,
  values: readonly Value[],
): Value | undefined {
  if (value === undefined || value === null) return undefined;
  const known = values.find((one) => one === value);
  if (known === undefined) throw notInSet(value, `loggingConfig.${member}`, values);
  return known;
}

function groupOf(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string' && LOG_GROUP.test(value) && value.length <= MAX_LOG_GROUP) return value;
  const pattern = `satisfy regular expression pattern: ${LOG_GROUP.source.slice(1, -1)} and have length less than or equal to ${MAX_LOG_GROUP}`;
  throw violation(value, 'loggingConfig.logGroup', pattern);
}

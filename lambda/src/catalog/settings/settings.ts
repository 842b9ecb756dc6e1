import { invalidParameter, notInSet, violation } from '../../errors.ts';
import {
  MAX_DESCRIPTION,
  MAX_ENVIRONMENT_BYTES,
  MAX_MEMORY_MB,
  MAX_STORAGE_MB,
  MAX_TIMEOUT_SECONDS,
  MIN_MEMORY_MB,
  MIN_STORAGE_MB,
  MIN_TIMEOUT_SECONDS,
} from '../../limits.ts';
import type { Settings, SnapStart } from '../records.ts';
import { runtimeOf } from '../runtimes.ts';
import { loggingFrom, USUAL_LOGGING } from './logging.ts';

const ARCHITECTURES = ['x86_64', 'arm64'];

/** What functions may not set because Lambda sets it. Source: AWS, "Defined runtime environment variables". */
const RESERVED = new Set([
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_DEFAULT_REGION',
  'AWS_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_LAMBDA_RUNTIME_API',
  'LAMBDA_TASK_ROOT',
  'LAMBDA_RUNTIME_DIR',
]);

type Wire = Record<string, unknown>;

/**
 * The settings that a request asks for, on top of `base` (defaults for a new function, the present ones for an
 * update). Members that are absent keep the base; so do the layers, which `layersFrom` knows. Throws
 * InvalidParameterValueException.
 */
export function settingsFrom(request: Wire, base: Settings): Settings {
  return {
    runtime: runtimeOf(request.Runtime ?? base.runtime),
    handler: textOf(request.Handler ?? base.handler, 'handler', /^\S{1,128}$/),
    role: textOf(request.Role ?? base.role, 'role', /^arn:aws[a-zA-Z-]*:iam::\d{12}:role\/\S+$/),
    description: descriptionOf(request.Description ?? base.description),
    timeoutSeconds: numberOf(
      request.Timeout ?? base.timeoutSeconds,
      'timeout',
      MIN_TIMEOUT_SECONDS,
      MAX_TIMEOUT_SECONDS,
    ),
    memoryMb: numberOf(request.MemorySize ?? base.memoryMb, 'memorySize', MIN_MEMORY_MB, MAX_MEMORY_MB),
    storageMb: storageOf(request.EphemeralStorage, base.storageMb),
    environment: request.Environment == null ? base.environment : environmentOf(request.Environment),
    architecture: architectureOf(request.Architectures, base.architecture),
    snapStart: snapStartOf(request.SnapStart, base.snapStart),
    logging: loggingFrom(request.LoggingConfig, base.logging),
    deadLetterArn: deadLetterOf(request.DeadLetterConfig, base.deadLetterArn),
    layers: base.layers,
  };
}

export const DEFAULTS: Settings = {
  runtime: '',
  handler: '',
  role: '',
  description: '',
  timeoutSeconds: 3,
  memoryMb: 128,
  storageMb: MIN_STORAGE_MB,
  environment: {},
  architecture: process.arch === 'arm64' ? 'arm64' : 'x86_64',
  snapStart: 'None',
  logging: USUAL_LOGGING,
  deadLetterArn: '',
  layers: [],
};

function textOf(value: unknown, member: string, pattern: RegExp): string {
  if (typeof value === 'string' && pattern.test(value)) return value;
  throw violation(value, member, `satisfy regular expression pattern: ${pattern.source}`);
}

function descriptionOf(value: unknown): string {
  if (typeof value === 'string' && value.length <= MAX_DESCRIPTION) return value;
  throw invalidParameter(
    `1 validation error detected: Value at 'description' failed to satisfy constraint: Member must have length less than or equal to ${MAX_DESCRIPTION}`,
  );
}

function numberOf(value: unknown, member: string, least: number, most: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  const bound = typeof value === 'number' && value > most ? `less than or equal to ${most}` : undefined;
  throw violation(value, member, `have value ${bound ?? `greater than or equal to ${least}`}`);
}

function storageOf(value: unknown, base: number): number {
  if (value === undefined || value === null) return base;
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw invalidParameter('EphemeralStorage must be an object');
  }
  const size = (value as { Size?: unknown }).Size ?? base;
  return numberOf(size, 'ephemeralStorage.size', MIN_STORAGE_MB, MAX_STORAGE_MB);
}

function architectureOf(value: unknown, base: string): string {
  if (value === undefined || value === null) return base;
  const [architecture, ...rest] = Array.isArray(value) ? value : [];
  if (ARCHITECTURES.includes(architecture as string) && rest.length === 0) return architecture as string;
  throw invalidParameter(`Architectures must be one of: ${ARCHITECTURES.join(', ')}`);
}

function snapStartOf(value: unknown, base: SnapStart): SnapStart {
  if (value === undefined || value === null) return base;
  const applyOn = (value as { ApplyOn?: unknown }).ApplyOn ?? base;
  if (applyOn === 'None' || applyOn === 'PublishedVersions') return applyOn;
  throw notInSet(applyOn, 'snapStart.applyOn', ['PublishedVersions', 'None']);
}

function deadLetterOf(value: unknown, base: string): string {
  if (value === undefined || value === null) return base;
  const arn = (value as { TargetArn?: unknown }).TargetArn ?? '';
  if (typeof arn === 'string') return arn;
  throw invalidParameter('DeadLetterConfig.TargetArn must be a string');
}

function environmentOf(value: unknown): Record<string, string> {
  const variables = (value as { Variables?: unknown }).Variables ?? {};
  if (typeof variables !== 'object') throw invalidParameter('Environment.Variables must be an object');
  const entries = Object.entries(variables as Wire);
  for (const [name, text] of entries) {
    if (!/^[a-zA-Z][a-zA-Z0-9_]+$/.test(name)) {
      const pattern = '[a-zA-Z]([a-zA-Z0-9_])+';
      throw violation(name, 'environment.variables', `have keys of regular expression pattern: ${pattern}`);
    }
    if (typeof text !== 'string' || text.includes('\0') || !text.isWellFormed()) {
      throw invalidParameter(
        `Environment.Variables.${name} must be a string without NUL and unpaired surrogates`,
      );
    }
  }
  const reserved = entries.map(([name]) => name).filter((name) => RESERVED.has(name));
  if (reserved.length > 0) {
    throw invalidParameter(
      `Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${reserved.join(', ')}`,
    );
  }
  const measured = JSON.stringify(Object.fromEntries(entries));
  if (Buffer.byteLength(measured) > MAX_ENVIRONMENT_BYTES) {
    throw invalidParameter(
      `Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit. String measured: ${measured}`,
    );
  }
  return Object.fromEntries(entries) as Record<string, string>;
}

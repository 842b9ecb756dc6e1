import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { logGroupOf } from '../catalog/logging.ts';
import { type Account, functionArn } from '../catalog/names.ts';
import type { VersionRecord } from '../catalog/records.ts';
import { familyOf, pythonPath } from '../catalog/runtimes.ts';
import { atRoots, moduleVariables } from './layer-paths.ts';

const bootstrap = (file: string) => fileURLToPath(new URL(`../bootstrap/${file}`, import.meta.url));

/** Starts the runtime by the wrapper script, with the messages and statuses that Lambda's own runtimes have. */
const START_WRAPPED =
  '[ -f "$0" ] || { echo "$0: does not exist"; exit 127; }; [ -x "$0" ] || { echo "$0: is not an executable"; exit 126; }; exec "$0" "$@"';

/** How to start one execution environment. */
export interface Launch {
  instance: string;
  command: string;
  arguments: string[];
  /** Whether the program takes its orders from descriptor 3, as our own runtime client does. */
  channel: boolean;
  /** Equal for two launches that differ in nothing that must be known when the process starts; undefined for one that cannot share. */
  kind: string | undefined;
  /** Without a qualifier. */
  functionArn: string;
  /** The function's code: working directory of the process. */
  taskRoot: string;
  /** The merged files of its layers: what is `/opt` on Lambda; undefined without layers. */
  layersRoot: string | undefined;
  /** Directory of its own for temporary files, removed at the end. */
  temporary: string;
  variables: Record<string, string>;
  timeoutSeconds: number;
  memoryMb: number;
}

export interface LaunchInput {
  account: Account;
  name: string;
  version: VersionRecord;
  taskRoot: string;
  layersRoot: string | undefined;
  temporary: string;
  instance: string;
}

/**
 * The process of an execution environment. It sees the function's variables and those that Lambda defines, and
 * nothing of the control room's own environment, which holds secrets.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export function launchOf(input: LaunchInput): Launch {
  const { account, name, version, taskRoot, layersRoot, temporary, instance } = input;
  const runtimeDirectory = fileURLToPath(new URL('../bootstrap', import.meta.url));
  const variables = {
    PATH: '/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
    LD_LIBRARY_PATH: '/var/task:/var/task/lib:/opt/lib',
    ...version.environment,
    ...(layersRoot === undefined ? {} : moduleVariables(version.runtime, version.environment)),
    ...lambdaVariables(account, name, version, instance),
    LAMBDA_TASK_ROOT: taskRoot,
    LAMBDA_RUNTIME_DIR: runtimeDirectory,
    _HANDLER: version.handler,
  };
  const placed = atRoots(variables, { taskRoot, layersRoot });
  return {
    instance,
    ...commandOf(version, placed, taskRoot, layersRoot),
    functionArn: functionArn(account, name),
    taskRoot,
    layersRoot,
    temporary,
    timeoutSeconds: version.timeoutSeconds,
    memoryMb: version.memoryMb,
    variables: placed,
  };
}

type Command = Pick<Launch, 'command' | 'arguments' | 'channel' | 'kind'>;

function commandOf(
  version: VersionRecord,
  variables: Record<string, string>,
  taskRoot: string,
  layersRoot: string | undefined,
): Command {
  switch (familyOf(version.runtime)) {
    case 'custom':
      return { command: ownBootstrap(taskRoot, layersRoot), arguments: [], ...ALONE };
    case 'python':
      // No compiled files beside the code, which other environments share, and lines as soon as they are written.
      return wrapped(variables, {
        command: pythonPath() ?? 'python3',
        arguments: ['-B', '-u', bootstrap('python.py')],
        ...ALONE,
      });
    case 'node':
      return wrapped(variables, nodeCommand(version, taskRoot, layersRoot));
  }
}

/** Tells our runtime client that descriptor 3 is there. */
const CHANNEL = 'channel';
const ALONE = { channel: false, kind: undefined };
/** Variables that Node or the libraries below it read when they start. */
const READ_AT_START = /^(NODE_|UV_|SSL_|OPENSSL_|LD_|MALLOC_|GLIBC_)/;

/** Node of 128 MB: what most functions are, and what is booted before anything is known. */
export const USUAL_NODE = { ...nodeProgram(128), kind: 'node 128' };

function nodeCommand(version: VersionRecord, taskRoot: string, layersRoot: string | undefined): Command {
  const { memoryMb, environment } = version;
  const asksAtStart = Object.keys(environment).some((name) => READ_AT_START.test(name));
  const shares = !asksAtStart && layersRoot === undefined && !bringsLibraries(taskRoot);
  return { ...nodeProgram(memoryMb), channel: true, kind: shares ? `node ${memoryMb}` : undefined };
}

/** V8 gets nine tenths of the memory for its heap, as in the Lambda runtime; the rest is for buffers and code. */
function nodeProgram(memoryMb: number): Pick<Launch, 'command' | 'arguments'> {
  const heap = `--max-old-space-size=${Math.floor(memoryMb * 0.9)}`;
  return { command: process.execPath, arguments: [heap, bootstrap('node.mjs'), CHANNEL] };
}

/** Whether the package has shared libraries where LD_LIBRARY_PATH leads, which is read when a process starts. */
function bringsLibraries(taskRoot: string): boolean {
  return readdirSync(taskRoot).some((name) => name === 'lib' || /\.so(\.|$)/.test(name));
}

/** The function's own comes before that of a layer. */
function ownBootstrap(taskRoot: string, layersRoot: string | undefined): string {
  const own = join(taskRoot, 'bootstrap');
  if (layersRoot === undefined || existsSync(own)) return own;
  const inLayer = join(layersRoot, 'bootstrap');
  return existsSync(inLayer) ? inLayer : own;
}

/**
 * The command behind the wrapper script that the function names, if it does. A script may close descriptors, so the
 * runtime gets no channel then.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-modify.html
 */
function wrapped({ AWS_LAMBDA_EXEC_WRAPPER: wrapper }: Record<string, string>, runtime: Command): Command {
  if (!wrapper) return runtime;
  const args = runtime.arguments.filter((argument) => argument !== CHANNEL);
  return {
    command: '/bin/sh',
    arguments: ['-c', START_WRAPPED, wrapper, runtime.command, ...args],
    ...ALONE,
  };
}

function lambdaVariables(
  account: Account,
  name: string,
  version: VersionRecord,
  instance: string,
): Record<string, string> {
  return {
    AWS_REGION: account.region,
    AWS_DEFAULT_REGION: account.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${version.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: version.version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(version.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_FORMAT: version.logging.format,
    ...(version.logging.applicationLevel ? { AWS_LAMBDA_LOG_LEVEL: version.logging.applicationLevel } : {}),
    AWS_LAMBDA_LOG_GROUP_NAME: logGroupOf(name, version.logging),
    AWS_LAMBDA_LOG_STREAM_NAME: instance,
  };
}

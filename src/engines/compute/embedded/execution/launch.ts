import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Account } from '../catalog/names.ts';
import type { VersionRecord } from '../catalog/records.ts';
import { familyOf, pythonPath } from '../catalog/runtimes.ts';
import type { Launch } from './environment.ts';

const bootstrap = (file: string) => fileURLToPath(new URL(`../bootstrap/${file}`, import.meta.url));

export interface LaunchInput {
  account: Account;
  name: string;
  version: VersionRecord;
  taskRoot: string;
  temporary: string;
  instance: string;
}

/**
 * The process of an execution environment. It sees the function's variables and those that Lambda defines, and
 * nothing of the control room's own environment, which holds secrets.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export function launchOf({ account, name, version, taskRoot, temporary, instance }: LaunchInput): Launch {
  return {
    instance,
    ...commandOf(version, taskRoot),
    taskRoot,
    temporary,
    timeoutSeconds: version.timeoutSeconds,
    memoryMb: version.memoryMb,
    variables: {
      PATH: '/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin',
      LANG: 'en_US.UTF-8',
      TZ: ':UTC',
      ...version.environment,
      ...lambdaVariables(account, name, version, instance),
      LAMBDA_TASK_ROOT: taskRoot,
      LAMBDA_RUNTIME_DIR: fileURLToPath(new URL('../bootstrap', import.meta.url)),
      _HANDLER: version.handler,
    },
  };
}

function commandOf(version: VersionRecord, taskRoot: string): Pick<Launch, 'command' | 'arguments'> {
  switch (familyOf(version.runtime)) {
    case 'custom':
      return { command: join(taskRoot, 'bootstrap'), arguments: [] };
    case 'python':
      // No compiled files beside the code, which other environments share, and lines as soon as they are written.
      return { command: pythonPath() ?? 'python3', arguments: ['-B', '-u', bootstrap('python.py')] };
    case 'node':
      // V8 gets nine tenths of the memory for its heap, as in the Lambda runtime; the rest is for buffers and code.
      return {
        command: process.execPath,
        arguments: [`--max-old-space-size=${Math.floor(version.memoryMb * 0.9)}`, bootstrap('node.mjs')],
      };
  }
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
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: instance,
  };
}

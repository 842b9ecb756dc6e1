import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { Problem } from '../../../lib/problem.ts';
import type { RolledBack } from '../../../operate/deploy/operations.ts';
import type { FunctionRow } from '../../../operate/functions/schema.ts';
import { type Answer, call, connect } from '../client.ts';
import type { DeployTarget, DirectoryDeployed } from '../deploy.ts';
import { milliseconds, paint, percent, print, table } from '../output.ts';

interface Options {
  data?: string;
  json?: boolean;
  payload?: string;
  qualifier?: string;
  unit?: string;
  event?: boolean;
  name?: string;
  alias?: string;
  to?: string;
  env?: string[];
  timeout?: string;
  memory?: string;
  runtime?: string;
  handler?: string;
  sourceMap?: boolean;
}

/** Opens the compute engine of the control room that the options name. */
export type OpenTarget = (options: { data?: string }) => Promise<DeployTarget>;

export function functionCommands(program: Command, { openTarget }: { openTarget: OpenTarget }): void {
  rollbackCommand(program, openTarget);
  program
    .command('top')
    .description('list functions with their figures for the last 15 minutes')
    .option('--data <dir>', 'data directory of the control room')
    .option('--json', 'print one JSON document')
    .action(async (options: Options) => {
      const result = await call(await connect(options), 'listFunctions', {});
      print(result, options.json === true, ({ functions }) => renderFunctions(functions));
    });

  program
    .command('invoke <function>')
    .description('invoke a function and print its response (exit code 1 if the function fails)')
    .option('--payload <json>', 'JSON payload, or @FILE to read it from a file', '{}')
    .option('--qualifier <version>', 'version or alias')
    .option(
      '--unit <unit>',
      'person or session to invoke for: a weighted alias always gives a unit the same version',
    )
    .option('--event', 'invoke asynchronously, with retries when the function fails')
    .option('--data <dir>', 'data directory of the control room')
    .option('--json', 'print one JSON document')
    .action(async (name: string, options: Options) => {
      const input = {
        name,
        payload: await readPayload(options.payload ?? '{}'),
        qualifier: options.qualifier || undefined,
        unit: options.unit,
      };
      const room = await connect(options);
      if (options.event) {
        const sent = await call(room, 'sendEvent', input);
        print(sent, options.json === true, renderSent);
        return;
      }
      const result = await call(room, 'invokeFunction', input);
      print(result, options.json === true, renderInvoked);
      if (result.functionError !== null) process.exitCode = 1;
    });

  program
    .command('deploy <dir>')
    .description(
      'package a directory (Node, Python or a bootstrap), create or update its function, publish a version and point the alias at it',
    )
    .option('--name <function>', 'name of the function (default: the name of the directory)')
    .option('--alias <alias>', 'alias to move', 'live')
    .option('--env <NAME=VALUE...>', 'environment variables of the function')
    .option('--timeout <seconds>', 'maximum duration of an invocation', '10')
    .option('--memory <MB>', 'memory of an execution environment', '256')
    .option('--runtime <runtime>', 'runtime (default: the newest of the language)')
    .option('--handler <handler>', 'module.function for Python, or as a custom runtime reads it')
    .option('--source-map', 'add the source map of a bundle to the package and enable it in Node')
    .option('--data <dir>', 'data directory of the control room')
    .option('--json', 'print one JSON document')
    .action(async (directory: string, options: Options) => {
      const { deployDirectory } = await import('../deploy.ts');
      const target = await openTarget(options);
      try {
        print(await deployDirectory(target, directory, options), options.json === true, renderDeployed);
      } finally {
        await target.compute.close();
      }
    });
}

function rollbackCommand(program: Command, openTarget: OpenTarget): void {
  program
    .command('rollback <function>')
    .description('point the alias at the previous version, or at the given one')
    .option('--alias <alias>', 'alias to move', 'live')
    .option('--to <version>', 'version to roll back to')
    .option('--data <dir>', 'data directory of the control room')
    .option('--json', 'print one JSON document')
    .action(async (name: string, options: Options) => {
      const { rollBack } = await import('../../../operate/deploy/operations.ts');
      const target = await openTarget(options);
      try {
        const result = await rollBack(target.compute, name, options.alias ?? 'live', options.to);
        print(result, options.json === true, renderRolledBack);
      } finally {
        await target.compute.close();
      }
    });
}

async function readPayload(text: string): Promise<unknown> {
  try {
    return JSON.parse(text.startsWith('@') ? await readFile(text.slice(1), 'utf8') : text);
  } catch (error) {
    throw new Problem(
      'cli.bad-payload',
      { status: 400, title: 'Bad payload' },
      `--payload ${text}: ${(error as Error).message}`,
    );
  }
}

function renderFunctions(functions: FunctionRow[]): string {
  if (functions.length === 0) return 'no functions yet: deploy one with "upstack deploy DIR"';
  return table(
    ['FUNCTION', 'RUNTIME', 'LIVE', 'INVOCATIONS', 'ERRORS', 'P50', 'P95'],
    functions.map((row) => [
      row.name,
      row.runtime,
      row.liveVersion ?? '–',
      String(row.invocations),
      row.invocations === 0 ? '–' : percent(row.errors / row.invocations),
      milliseconds(row.p50Ms),
      milliseconds(row.p95Ms),
    ]),
  );
}

function renderInvoked({ payload, executedVersion, functionError, log }: Answer<'invokeFunction'>): string {
  const state = functionError === null ? paint('green', 'ok') : paint('red', functionError);
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload, null, 2);
  return `${state}  version ${executedVersion}\n${body}${log ? `\n${paint('dim', log.trimEnd())}` : ''}`;
}

function renderSent({ requestId }: Answer<'sendEvent'>): string {
  return `${paint('green', 'accepted')}  request id ${requestId}`;
}

function renderDeployed(result: DirectoryDeployed): string {
  const moved =
    result.previous === null ? 'created' : result.changed ? `moved from version ${result.previous}` : 'stays';
  const back =
    result.previous === null || result.previous === result.version
      ? []
      : [
          `to roll back: upstack rollback ${result.name}${result.alias === 'live' ? '' : ` --alias ${result.alias}`} --to ${result.previous}`,
        ];
  return [
    `${result.name}: version ${result.version}${result.changed ? '' : ' (nothing changed)'}, alias ${result.alias} ${moved}`,
    result.url,
    ...(result.evidence === null ? [] : [`source map and metafile: ${result.evidence}`]),
    ...back,
  ].join('\n');
}

function renderRolledBack({ name, alias, from, to }: RolledBack): string {
  return `${name}: alias ${alias} moved from version ${from} to ${to}; to undo: upstack rollback ${name} --alias ${alias} --to ${from}`;
}

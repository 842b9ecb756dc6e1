import { resolve } from 'node:path';
import type { Command } from 'commander';
import { keyFile, readKeys } from '../../../access/store.ts';
import { Problem } from '../../../lib/problem.ts';
import { readInstance } from '../../../lib/process/instance.ts';
import { DEFAULT_DATA, DEFAULT_HOST, DEFAULT_PORT, DEFAULT_URL } from '../defaults.ts';
import { print } from '../output.ts';

/** Starts the control room with unchecked options; resolves when it has stopped. */
export type Start = (options: Record<string, unknown>) => Promise<void>;

export function controlRoomCommands(program: Command, { start }: { start: Start }): void {
  program
    .command('start')
    .description('start the control room')
    .option('--port <n>', `port; 0 picks a free one (default: ${DEFAULT_PORT})`)
    .option(
      '--host <address>',
      `address to bind (default: ${DEFAULT_HOST}; other addresses expose it to the network)`,
    )
    .option('--allow-host <name...>', 'additional host names to accept, such as that of a reverse proxy')
    .option('--data <dir>', `data directory (default: ${DEFAULT_DATA})`)
    .option('--demo', 'deploy the example shop, simulate shoppers, and run its experiments once')
    .option('--demo-rate <n>', 'simulated visits to the shop per second')
    .option('--no-demo-experiments', 'do not run the experiments of the demo')
    .option('--no-isolation', 'run functions without a sandbox, even if bubblewrap works')
    .option('--compute <url>', '"embedded:" or "aws:<region>"')
    .option('--compute-role <arn>', 'on AWS: the execution role of new functions')
    .option('--events <url>', '"embedded:" or the URL of a ClickHouse HTTP interface')
    .option('--state <url>', '"embedded:" or a postgres:// URL')
    .option('--log-level <level>', 'debug, info, warn, error or silent')
    .action((options: Record<string, unknown>) => start(options));

  program
    .command('env')
    .description("print the variables that AWS, OpenTelemetry and Segment clients need, for a shell's eval")
    .option('--data <dir>', `data directory (default: ${DEFAULT_DATA})`)
    .option('--json', 'print one JSON document')
    .action(async (options: { data?: string; json?: boolean }) => {
      print(await environment(resolve(options.data ?? DEFAULT_DATA)), options.json === true, (variables) =>
        Object.entries(variables)
          .map(([name, value]) => `export ${name}='${value}'`)
          .join('\n'),
      );
    });
}

async function environment(directory: string): Promise<Record<string, string>> {
  const keys = await readKeys(keyFile(directory));
  if (!keys) {
    const kind = { status: 400, title: 'No control room' };
    throw new Problem(
      'cli.no-control-room',
      kind,
      `no control room in ${directory}: start one with "upstack start", or pass --data DIR`,
    );
  }
  const url = (await readInstance(directory))?.url || DEFAULT_URL;
  return {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    UPSTACK_URL: url,
    UPSTACK_TOKEN: keys.token,
    UPSTACK_WRITE_KEY: keys.writeKey,
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${keys.writeKey}`,
  };
}

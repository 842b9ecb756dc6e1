import type { Command } from 'commander';
import type { AuditCall, VerificationView } from '../../../access/audit/schema.ts';
import { parseDuration } from '../../../lib/duration.ts';
import { Problem } from '../../../lib/problem.ts';
import { type Connection, call, connect, type Input } from '../client.ts';
import { print, table } from '../output.ts';

interface Options {
  data?: string;
  json?: boolean;
  since?: string;
  by?: string;
  operation?: string;
  outcome?: string;
  limit: string;
  verify?: boolean;
  export?: boolean;
}

export function auditCommand(program: Command): void {
  program
    .command('audit')
    .description('who did what: calls that changed something or tried to, newest first')
    .option('--since <time>', 'only calls since: "24h", "7d", or a time such as 2026-11-03T10:00:00Z')
    .option('--by <name>', 'only calls of this caller')
    .option('--operation <name>', 'only calls of this operation, such as abortRun')
    .option('--outcome <outcome>', 'only calls with this outcome: attempted, done, refused, failed')
    .option('--limit <n>', 'maximum number of calls, up to 500', '50')
    .option('--verify', 'verify the hash chain of the whole log; exit code 1 when it is broken')
    .option('--export', 'print all rows with their hashes as JSON lines, oldest first')
    .option('--data <dir>', 'data directory of the control room')
    .option('--json', 'print one JSON document')
    .action(async (options: Options) => {
      const connection = await connect(options);
      if (options.export) await exportRows(connection, options);
      else if (options.verify) await verify(connection, options);
      else await list(connection, options);
    });
}

async function list(connection: Connection, options: Options): Promise<void> {
  const { by, operation, outcome, limit } = options;
  const answer = await call(connection, 'listAudit', {
    ...sinceOf(options),
    ...(by !== undefined && { caller: by }),
    ...(operation !== undefined && { operation }),
    ...(outcome !== undefined && { outcome: outcome as Input<'listAudit'>['outcome'] }),
    limit: Number(limit),
  });
  print(answer, options.json === true, ({ calls }) => render(calls));
}

async function verify(connection: Connection, { json }: Options): Promise<void> {
  const view = await call(connection, 'verifyAudit', {});
  print(view, json === true, describe);
  if (!view.intact) process.exitCode = 1;
}

/** Page by page, so that memory does not grow with the log. */
async function exportRows(connection: Connection, options: Options): Promise<void> {
  const since = sinceOf(options);
  for (let after = 0; ; ) {
    const { rows } = await call(connection, 'exportAudit', { ...since, after });
    if (rows.length === 0) return;
    process.stdout.write(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    after = rows.at(-1)?.sequence ?? after;
  }
}

function sinceOf({ since }: Options): { since?: string } {
  if (since === undefined) return {};
  const durationMs = parseDuration(since);
  if (durationMs !== undefined) return { since: new Date(Date.now() - durationMs).toISOString() };
  if (!Number.isNaN(Date.parse(since))) return { since: new Date(since).toISOString() };
  throw new Problem(
    'cli.bad-time',
    { status: 400, title: 'Bad time' },
    `--since "${since}" must be a duration such as 24h or 7d, or a time such as 2026-11-03T10:00:00Z`,
  );
}

function describe({ intact, rows, hash, fault }: VerificationView): string {
  if (intact) return `all ${rows} rows are intact; last hash ${hash}`;
  return `row ${fault?.sequence}: ${fault?.why}; the ${rows} rows before it are intact`;
}

function render(calls: AuditCall[]): string {
  if (calls.length === 0) return 'no calls match';
  return table(
    ['ROW', 'TIME (UTC)', 'WHO', 'DOOR', 'OPERATION', 'SUBJECT', 'OUTCOME', 'NOTE'],
    calls.map((entry) => [
      String(entry.sequence),
      entry.at.slice(0, 19).replace('T', ' '),
      entry.caller,
      entry.door,
      entry.operation,
      entry.subject ?? '',
      entry.outcome,
      noteOf(entry),
    ]),
  );
}

/** The change and its reason, or the error. */
function noteOf({ before, after, reason, error }: AuditCall): string {
  const change = before !== null && after !== null ? `${before} → ${after}` : after;
  return [error ?? change, reason === null ? null : `"${reason}"`].filter((part) => part !== null).join('; ');
}

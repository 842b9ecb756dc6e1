import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { PlanView, RunSummary, RunView } from '../../../experiments/schema.ts';
import { Problem } from '../../../lib/problem.ts';
import { type Connection, call, connect } from '../client.ts';
import { boundsText, pointText } from '../effect-text.ts';
import { begin, follow } from '../follow.ts';
import { paint, percent, print, table } from '../output.ts';

interface Options {
  data?: string;
  json?: boolean;
  queue?: boolean;
  reason?: string;
}

/** The exit code of an ended run: 0 supported, 3 refuted, 4 undecided, 5 invalid, 6 aborted. */
function exitCode({ verdict, decision }: Pick<RunSummary, 'verdict' | 'decision'>): number {
  if (verdict === 'invalid') return 5;
  if (decision === 'abort') return 6;
  return { supported: 0, refuted: 3, undecided: 4 }[verdict ?? 'undecided'];
}

export function experimentCommands(program: Command): void {
  const experiment = program.command('experiment').description('plan, run and inspect experiments');
  planCommand(experiment);
  runCommand(experiment);
  listCommand(experiment);
  showCommand(experiment);
  abortCommand(experiment);
}

function planCommand(experiment: Command): void {
  experiment
    .command('plan <file>')
    .description('check an experiment file and its readiness; changes nothing (exit code 1 if a check fails)')
    .option('--data <dir>', 'data directory of the control room')
    .option('--json', 'print one JSON document')
    .action(async (file: string, options: Options) => {
      const source = await readSource(file);
      const plan = await call(await connect(options), 'planRun', { source });
      print(plan, options.json === true, renderPlan);
      if (plan.checks.some(({ state }) => state === 'fail')) process.exitCode = 1;
    });
}

function runCommand(experiment: Command): void {
  experiment
    .command('run <file>')
    .description(
      'run an experiment and wait until it ends (exit code: 0 supported, 3 refuted, 4 undecided, 5 invalid, 6 aborted)',
    )
    .option('--data <dir>', 'data directory of the control room')
    .option(
      '--no-queue',
      'fail immediately if another experiment is active on the function, instead of waiting',
    )
    .option('--json', 'print one JSON document at the end')
    .action(async (file: string, options: Options) => {
      const source = await readSource(file);
      const connection = await connect(options);
      const started = await begin(connection, source, { queue: options.queue !== false });
      await tellReadiness(connection, started.runId);
      const ended = await follow(connection, started, options.json !== true);
      print(ended, options.json === true, renderEnd);
      process.exitCode = exitCode(ended);
    });
}

function listCommand(experiment: Command): void {
  experiment
    .command('list')
    .description('list runs, newest first')
    .option('--data <dir>', 'data directory of the control room')
    .option('--json', 'print one JSON document')
    .action(async (options: Options) => {
      const result = await call(await connect(options), 'listRuns', {});
      print(result, options.json === true, ({ runs }) => renderList(runs));
    });
}

function showCommand(experiment: Command): void {
  experiment
    .command('show <run>')
    .description('show a run with its counts and journal')
    .option('--data <dir>', 'data directory of the control room')
    .option('--json', 'print one JSON document')
    .action(async (run: string, options: Options) => {
      const view = await call(await connect(options), 'showRun', { runId: run });
      print(view, options.json === true, renderRun);
    });
}

function abortCommand(experiment: Command): void {
  experiment
    .command('abort <run>')
    .description('withdraw the treatment immediately and end the run')
    .option('--reason <text>', 'reason, for the journal')
    .option('--data <dir>', 'data directory of the control room')
    .option('--json', 'print one JSON document')
    .action(async (run: string, options: Options) => {
      const input = { runId: run, reason: options.reason };
      const ended = await call(await connect(options), 'abortRun', input);
      print(ended, options.json === true, renderEnd);
    });
}

/** Prints the readiness checks that did not pass on standard error. They do not stop a run. */
async function tellReadiness(connection: Connection, runId: string): Promise<void> {
  const { journal } = await call(connection, 'showRun', { runId });
  const checks = (journal.find(({ kind }) => kind === 'readiness')?.detail.checks ??
    []) as PlanView['checks'];
  for (const { check, state, detail } of checks) {
    if (state !== 'pass') process.stderr.write(`not ready: ${check}: ${detail}\n`);
  }
}

async function readSource(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const kind = { status: 400, title: 'No experiment file' };
    throw new Problem(
      'cli.no-file',
      kind,
      `${file} cannot be read (${(error as NodeJS.ErrnoException).code}): pass the path of an experiment file`,
    );
  }
}

function renderPlan(plan: PlanView): string {
  const mark = { pass: paint('green', '✔'), fail: paint('red', '✖'), unknown: paint('yellow', '?') };
  const rate = plan.perSecond === null ? 'none seen yet' : `${plan.perSecond.toFixed(1)} a second now`;
  const needed = plan.needed === null ? 'an unknown number of' : `about ${Math.ceil(plan.needed)}`;
  const time = plan.expectedSeconds === null ? 'unknown' : `about ${Math.ceil(plan.expectedSeconds)} s`;
  return [
    paint('bold', plan.title),
    plan.hypothesis,
    '',
    `on ${plan.function}, ${percent(plan.share)} of units in treatment`,
    `needs ${needed} metric ${plan.counted} (${rate}): ${time}`,
    '',
    ...plan.checks.map(({ check, state, detail }) => `${mark[state]} ${check}: ${detail}`),
  ].join('\n');
}

function renderEnd(run: RunSummary): string {
  const good = exitCode(run) === 0;
  const name = run.decision === 'abort' ? 'aborted' : (run.verdict ?? run.status);
  return `${paint(good ? 'green' : 'red', name)}  ${run.experiment}  ${run.reason ?? ''}\n${paint('dim', run.runId)}`;
}

function renderList(runs: RunSummary[]): string {
  if (runs.length === 0) return 'no runs yet: start one with "upstack experiment run FILE"';
  return table(
    ['RUN', 'EXPERIMENT', 'FUNCTION', 'STATUS', 'VERDICT', 'DECISION', 'STARTED'],
    runs.map((run) => [
      run.runId,
      run.experiment,
      run.function,
      run.status,
      run.verdict ?? '–',
      run.decision ?? '–',
      run.startedAt.slice(0, 19).replace('T', ' '),
    ]),
  );
}

function renderRun(run: RunView): string {
  const look = run.looks.at(-1);
  const rows = (look?.metrics ?? []).map((metric) => [
    metric.metric,
    metric.role,
    metric.control.text,
    metric.treatment.text,
    pointText(metric, 3),
    boundsText(metric, 3),
    metric.state,
  ]);
  return [
    paint('bold', run.title),
    run.hypothesis,
    '',
    `${run.treatment.text}, ${percent(run.share)} of units in treatment`,
    run.status === 'ended' ? renderEnd(run) : `running  ${run.experiment}\n${paint('dim', run.runId)}`,
    '',
    table(['METRIC', 'ROLE', 'CONTROL', 'TREATMENT', 'EFFECT', 'CONFIDENCE SEQUENCE', 'STATE'], rows),
    '',
    ...run.journal.map((entry) => `${paint('dim', entry.at.slice(11, 19))}  ${entry.text}`),
  ].join('\n');
}

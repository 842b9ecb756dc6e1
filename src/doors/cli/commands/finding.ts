import type { Command } from 'commander';
import { type Answer, call, connect } from '../client.ts';
import { print, table } from '../output.ts';

export function findingCommands(program: Command): void {
  const finding = program
    .command('finding')
    .description('findings of experiments, open until a re-run passes');
  finding
    .command('list')
    .description('list findings, newest first')
    .option('--data <dir>', 'data directory of the control room')
    .option('--json', 'print one JSON document')
    .action(async (options: { data?: string; json?: boolean }) => {
      const result = await call(await connect(options), 'listFindings', {});
      print(result, options.json === true, ({ findings }) => render(findings));
    });
}

function render(findings: Answer<'listFindings'>['findings']): string {
  if (findings.length === 0) return 'no findings: no experiment has been refuted or aborted yet';
  return table(
    ['FINDING', 'STATE', 'EXPERIMENT', 'OPENED', 'TITLE'],
    findings.map((row) => [
      row.findingId,
      row.state,
      row.experiment,
      row.openedAt.slice(0, 16).replace('T', ' '),
      row.title,
    ]),
  );
}

import type { Command } from 'commander';
import type { AdoptionView, GrowthView, RetentionView } from '../../../product/schema.ts';
import { call, connect } from '../client.ts';
import { paint, percent, print, table } from '../output.ts';

interface Common {
  data?: string;
  json?: boolean;
}

export function productCommands(program: Command): void {
  withCommon(program.command('retention'))
    .description('show the retention triangle of weekly cohorts')
    .option('--weeks <n>', 'number of weekly cohorts', '10')
    .option(
      '--kind <kind>',
      '"first" (people first active in the week) or "recurring" (all active in it)',
      'first',
    )
    .option('--event <name>', 'target event (default: any event)')
    .action(async (options: Common & { weeks: string; kind: RetentionView['kind']; event?: string }) => {
      const { weeks, kind, event } = options;
      const input = { weeks: Number(weeks), kind, event };
      const view = await call(await connect(options), 'showRetention', input);
      print(view, options.json === true, renderRetention);
    });

  withCommon(program.command('churn'))
    .description('show weekly active people: new, returning, resurrecting and dormant, with churn')
    .option('--weeks <n>', 'number of weeks', '12')
    .action(async (options: Common & { weeks: string }) => {
      const view = await call(await connect(options), 'showGrowth', { weeks: Number(options.weeks) });
      print(view, options.json === true, renderGrowth);
    });

  withCommon(program.command('adoption <event>'))
    .description('show the adoption of a feature (its product event)')
    .option('--days <n>', 'period in days', '28')
    .action(async (event: string, options: Common & { days: string }) => {
      const view = await call(await connect(options), 'showAdoption', { event, days: Number(options.days) });
      print(view, options.json === true, renderAdoption);
    });
}

function settlingNote(): string {
  return paint('dim', '* incomplete week');
}

function withCommon(command: Command): Command {
  return command
    .option('--data <dir>', 'data directory of the control room')
    .option('--json', 'print one JSON document');
}

function renderRetention(view: RetentionView): string {
  const weeks = view.cohorts.length;
  const row = (cohort: RetentionView['cohorts'][number]) => [
    cohort.week,
    String(cohort.people),
    ...cohort.retained.map((people, later) => {
      if (people === null || cohort.people === 0) return '';
      const text = percent(people / cohort.people).replace(' ', '');
      return later === cohort.settlingIndex ? paint('dim', `${text}*`) : text;
    }),
  ];
  const header = ['COHORT', 'PEOPLE', ...Array.from({ length: weeks }, (_, later) => `W${later}`)];
  const curve = [
    'all',
    '',
    ...view.curve.map((share) => (share === null ? '' : percent(share).replace(' ', ''))),
  ];
  return `${table(header, [...view.cohorts.map(row), curve])}\n${settlingNote()}`;
}

function renderGrowth({ weeks }: GrowthView): string {
  const rows = weeks.map((week) => [
    week.week + (week.settling ? '*' : ''),
    ...[week.active, week.new, week.returning, week.resurrecting, -week.dormant].map(String),
    percent(week.churn),
  ]);
  const header = ['WEEK', 'ACTIVE', 'NEW', 'RETURNING', 'RESURRECTING', 'DORMANT', 'CHURN'];
  return `${table(header, rows)}\n${settlingNote()}`;
}

function renderAdoption(view: AdoptionView): string {
  return [
    `${paint('bold', view.event)}, last ${view.days} days`,
    `${view.adopters} of ${view.active} active people used it (${percent(view.rate)}), ${view.uses} times`,
    `${view.repeat} of them on at least two days`,
  ].join('\n');
}

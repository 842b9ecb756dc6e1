import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { z } from 'zod';
import { Problem } from '../../../lib/problem.ts';
import { logEvidence, ROBUST_SCALES, ratioBounds } from '../../../stats/counts.ts';
import { StatsInputError } from '../../../stats/input.ts';
import { eventsForSupport } from '../../../stats/plan.ts';
import { logMismatch, SRM_CONCENTRATION } from '../../../stats/srm.ts';
import { weigh } from '../../../stats/verdict.ts';
import { print } from '../output.ts';

const direction = z.enum(['up', 'down']);
const stages = z
  .array(z.strictObject({ control: z.number(), treatment: z.number(), share: z.number() }))
  .min(1);
const alpha = z.number().default(0.05);

interface Calculation {
  about: string;
  run(input: unknown): object;
}

/** Types one calculation: its input is checked before it runs. */
function calculation<Input extends z.ZodType>(
  about: string,
  input: Input,
  run: (input: z.output<Input>) => object,
): Calculation {
  return { about, run: (given) => run(checked(input, given)) };
}

const CALCULATIONS: Record<string, Calculation> = {
  counts: calculation(
    'evidence on a ratio of rates: {stages: [{control, treatment, share}], scales?, nullLogRatio?, direction?, alpha?}; control and treatment are event counts',
    z.strictObject({
      stages,
      scales: z
        .array(z.number())
        .min(1)
        .default([...ROBUST_SCALES]),
      nullLogRatio: z.number().default(0),
      direction: direction.default('up'),
      alpha,
    }),
    (given) => {
      const { alpha, scales } = given;
      const { low, high } = ratioBounds(given.stages, { alpha, scales: { up: scales, down: scales } });
      return {
        logE: logEvidence(given.stages, given),
        logRatioConfidenceSequence: [logOf(low), logOf(high)],
      };
    },
  ),
  srm: calculation(
    'sample-ratio mismatch: {stages: [{counts: […], shares: […]}], k?}',
    z.strictObject({
      stages: z.array(z.strictObject({ counts: z.array(z.number()), shares: z.array(z.number()) })).min(1),
      k: z.number().default(SRM_CONCENTRATION),
    }),
    ({ stages, k }) => {
      const logE = logMismatch(stages, k);
      return { logE, p: Math.min(1, Math.exp(-logE)) };
    },
  ),
  verdict: calculation(
    'evidence for supported, refuted and harm on one metric: {stages, direction, marginRatio, alpha?}',
    z.strictObject({ stages, direction, marginRatio: z.number(), alpha }),
    ({ stages, direction, marginRatio, alpha }) => {
      const evidence = weigh(stages, { direction, marginRatio });
      const needed = Math.log(1 / alpha);
      return {
        ...evidence,
        needed,
        supported: evidence.logESupported >= needed,
        refuted: evidence.logERefuted >= needed,
        harmed: evidence.logEHarm >= needed,
      };
    },
  ),
  plan: calculation(
    'events needed for support, both arms together: {direction, marginRatio, share, alpha?, expectedRatio?}',
    z.strictObject({
      direction,
      marginRatio: z.number(),
      share: z.number(),
      alpha,
      expectedRatio: z.number().default(1),
    }),
    (given) => ({ events: finite(eventsForSupport(given)) }),
  ),
};

export function statsCommands(program: Command): void {
  const stats = program
    .command('stats')
    .description('any calculation of the statistics core, on numbers you give it; needs no control room');
  for (const [name, { about, run }] of Object.entries(CALCULATIONS)) {
    stats
      .command(name)
      .description(about)
      .option('--input <json>', 'the numbers as a JSON object (default: standard input)')
      .option('--json', 'print one JSON document')
      .action(async (options: { input?: string; json?: boolean }) => {
        const result = calculate(run, parse(options.input ?? (await text(process.stdin))));
        print(result, options.json === true, (rows) =>
          Object.entries(rows)
            .map(([key, value]) => `${key.padEnd(28)} ${JSON.stringify(value)}`)
            .join('\n'),
        );
      });
  }
}

const BAD_INPUT = { status: 400, title: 'Bad numbers' };

function parse(input: string): unknown {
  try {
    return JSON.parse(input);
  } catch (error) {
    throw new Problem(
      'stats.bad-json',
      BAD_INPUT,
      `the input is not a JSON object: ${(error as Error).message}`,
    );
  }
}

function checked<Input extends z.ZodType>(schema: Input, given: unknown): z.output<Input> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  throw new Problem(
    'stats.bad-input',
    BAD_INPUT,
    `${first?.path.join('.') || 'input'}: ${first?.message.toLowerCase()}`,
  );
}

function calculate(run: Calculation['run'], given: unknown): object {
  try {
    return run(given);
  } catch (error) {
    if (error instanceof StatsInputError)
      throw new Problem('stats.bad-input', BAD_INPUT, error.message, error);
    throw error;
  }
}

/** JSON has no infinity: an open end and an unreachable number are null. */
function logOf(bound: number | null): number | null {
  return bound === null ? null : finite(Math.log(bound));
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

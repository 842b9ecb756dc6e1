import { z } from 'zod';
import { Problem } from '../../../lib/problem.ts';
import { StatsInputError } from '../../../stats/input.ts';

/** One calculation of the statistics core, as offered by `upstack stats <name>`. */
export interface Calculation {
  /** One line for `--help`. */
  about: string;
  /** The form of its input, a JSON object, for `--help`; a question mark marks fields with a default. */
  input: string;
  /** Throws `Problem` (400) on invalid input. */
  run(input: unknown): object;
}

const BAD_INPUT = { status: 400, title: 'Bad numbers' };

/** Makes a calculation that validates its input before it runs. */
export function calculation<Input extends z.ZodType>(
  { about, input, schema }: { about: string; input: string; schema: Input },
  run: (input: z.output<Input>) => object,
): Calculation {
  return {
    about,
    input,
    run(given) {
      try {
        return run(checked(schema, given, input));
      } catch (error) {
        if (error instanceof StatsInputError) throw badInput(error.message, error);
        throw error;
      }
    },
  };
}

export function badInput(detail: string, cause?: unknown): Problem {
  return new Problem('stats.bad-input', BAD_INPUT, detail, cause);
}

function checked<Input extends z.ZodType>(schema: Input, given: unknown, form: string): z.output<Input> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const { path, message } = nearest(parsed.error.issues, []);
  throw badInput(`${path.join('.') || 'input'}: ${message.toLowerCase()}; expected ${form}`);
}

interface Mismatch {
  path: PropertyKey[];
  message: string;
}

/** The first issue; for a union, the issue of the variant that matched deepest. */
function nearest(issues: readonly z.core.$ZodIssue[], above: readonly PropertyKey[]): Mismatch {
  const [first] = issues;
  if (first === undefined) return { path: [...above], message: 'bad input' };
  const path = [...above, ...first.path];
  if (first.code !== 'invalid_union' || first.errors.length === 0) return { path, message: first.message };
  const [deepest] = first.errors
    .map((branch) => nearest(branch, path))
    .sort((one, other) => other.path.length - one.path.length);
  return deepest && deepest.path.length > path.length ? deepest : { path, message: first.message };
}

/** Makes `counts` the default of `metric`. */
export function withMetric<Input extends z.ZodType>(input: Input) {
  return z.preprocess(
    (given) =>
      typeof given === 'object' && given && !('metric' in given) ? { metric: 'counts', ...given } : given,
    input,
  );
}

export const alpha = z.number().default(0.05);
export const direction = z.enum(['up', 'down']);
export const sides = z.union([z.literal(1), z.literal(2)]);

/** The chance of at least this much evidence under the null hypothesis, at any look: at most 1/E. */
export function pOf(logE: number): number {
  return Math.min(1, Math.exp(-logE));
}

/** JSON has no infinity, so an open end or an unreachable number is null. */
export function finite(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}

/** JSON has no infinity, so the logarithm of an open bound is null. */
export function logOf(bound: number | null): number | null {
  return bound === null ? null : finite(Math.log(bound));
}

/** Either `stages`, or the two arms of a single stage. */
export function staged<Arm extends z.ZodType>(arm: Arm) {
  const stage = z.strictObject({ control: arm, treatment: arm });
  return { control: arm.optional(), treatment: arm.optional(), stages: z.array(stage).min(1).optional() };
}

export function stagesOf<Arm>({
  control,
  treatment,
  stages,
}: {
  control?: Arm | undefined;
  treatment?: Arm | undefined;
  stages?: { control: Arm; treatment: Arm }[] | undefined;
}): { control: Arm; treatment: Arm }[] {
  if (stages && control === undefined && treatment === undefined) return stages;
  if (!stages && control !== undefined && treatment !== undefined) return [{ control, treatment }];
  throw badInput('give either control and treatment, or stages');
}

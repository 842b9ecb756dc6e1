/**
 * An operating error that a person can act on. Each door renders it in its own standard: RFC 9457 problem+json
 * over HTTP, one line on standard error in the CLI. Programmer errors stay ordinary `Error`s and become a 500.
 */
export class Problem extends Error {
  /** `module.reason`, stable: `experiments.unknown-metric`. */
  readonly code: string;
  /** The HTTP status that fits it; 400-499 is bad input (CLI exit code 2), 500-599 a failure (exit code 1). */
  readonly status: number;
  readonly title: string;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: string, kind: ProblemKind, detail: string, cause?: unknown) {
    super(detail, cause === undefined ? undefined : { cause });
    this.name = 'Problem';
    this.code = code;
    this.status = kind.status;
    this.title = kind.title;
    this.retryAfterSeconds = kind.retryAfterSeconds;
  }
}

export interface ProblemKind {
  status: number;
  title: string;
  retryAfterSeconds?: number;
}

/**
 * A module's table of problems, as a function that makes one: `problem('unknown-metric', 'goal.metric: …')`.
 * The detail says what is wrong, where, and what to do, in one line.
 */
export function problemTable<Table extends Record<string, ProblemKind>>(module: string, table: Table) {
  return (reason: keyof Table & string, detail: string, cause?: unknown): Problem =>
    new Problem(`${module}.${reason}`, table[reason] as ProblemKind, detail, cause);
}

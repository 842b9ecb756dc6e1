/** A number that a calculation of `stats/` cannot take. The message names the input and what it may be. */
export class StatsInputError extends RangeError {
  constructor(message: string) {
    super(message);
    this.name = 'StatsInputError';
  }
}

/** Intrinsic times and sample sizes of boundaries beyond this are refused; where they are no counts, below its inverse too. */
export const MAX_TIME = 1e12;

/** The same period of constant share in both arms: how many units had the event. */
export interface StageCounts {
  control: number;
  treatment: number;
  /** P(unit in treatment | unit in the experiment), between 0 and 1, neither of them. */
  share: number;
}

const MIN_SHARE = 1e-9;

/** Throws `StatsInputError` unless every count is a whole number from 0 to 2^53-1 and every share within (0, 1) by 1e-9. */
export function checkStages(stages: readonly StageCounts[]): void {
  stages.forEach(({ control, treatment, share }, stage) => {
    checkCount(control, `stages[${stage}].control`);
    checkCount(treatment, `stages[${stage}].treatment`);
    checkBetween(share, MIN_SHARE, 1 - MIN_SHARE, `stages[${stage}].share`);
  });
}

export function checkCount(value: number, name: string): void {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new StatsInputError(`${name} is ${value}: it must be a whole number, 0 or more`);
  }
}

/** Throws `StatsInputError` unless 0 < value < 1. */
export function checkFraction(value: number, name: string): void {
  if (!(value > 0 && value < 1))
    throw new StatsInputError(`${name} is ${value}: it must lie between 0 and 1`);
}

/** Throws `StatsInputError` unless low <= value <= high. */
export function checkBetween(value: number, low: number, high: number, name: string): void {
  if (!(value >= low && value <= high)) {
    throw new StatsInputError(`${name} is ${value}: it must lie from ${low} to ${high}`);
  }
}

/** Throws `StatsInputError` unless 0 < value < Infinity. */
export function checkPositive(value: number, name: string): void {
  if (!(value > 0 && value < Number.POSITIVE_INFINITY)) {
    throw new StatsInputError(`${name} is ${value}: it must be a number above 0`);
  }
}

/** Throws `StatsInputError` on NaN and infinities. */
export function checkFinite(value: number, name: string): void {
  if (!Number.isFinite(value)) throw new StatsInputError(`${name} is ${value}: it must be a finite number`);
}

/** Throws `StatsInputError` unless 1 <= value <= 10^15: a number of values that is hoped for, whole or not. */
export function checkSample(value: number, name: string): void {
  checkBetween(value, 1, 1e15, name);
}

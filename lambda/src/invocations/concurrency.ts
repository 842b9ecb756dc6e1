import { LambdaError } from '../errors.ts';
import type { BusyPoll } from './busy-poll.ts';

/**
 * How many invocations run at a time: of a function with reserved concurrency at most that many, of all functions
 * together at most the account's. Above it Lambda refuses at once.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
 */
export class ConcurrencyGate {
  #limit: number;
  #busyPoll: Pick<BusyPoll, 'began' | 'ended'>;
  #total = 0;
  #running = new Map<string, number>();

  constructor(accountLimit: number, busyPoll: Pick<BusyPoll, 'began' | 'ended'>) {
    this.#limit = accountLimit;
    this.#busyPoll = busyPoll;
  }

  /** Counts an invocation in. Throws TooManyRequestsException with AWS's Reason. */
  enter(functionName: string, reserved: number | undefined): void {
    const running = this.#running.get(functionName) ?? 0;
    if (reserved !== undefined && running >= reserved) {
      throw tooManyRequests('ReservedFunctionConcurrentInvocationLimitExceeded');
    }
    if (this.#total >= this.#limit) throw tooManyRequests('ConcurrentInvocationLimitExceeded');
    this.#running.set(functionName, running + 1);
    this.#total++;
    this.#busyPoll.began();
  }

  /** Counts it out, however it ended. */
  leave(functionName: string): void {
    const running = (this.#running.get(functionName) ?? 0) - 1;
    if (running > 0) this.#running.set(functionName, running);
    else this.#running.delete(functionName);
    this.#total--;
    this.#busyPoll.ended();
  }
}

export type ThrottleReason =
  | 'ReservedFunctionConcurrentInvocationLimitExceeded'
  | 'ConcurrentInvocationLimitExceeded';

export function tooManyRequests(reason: ThrottleReason): LambdaError {
  return new LambdaError('TooManyRequestsException', 'Rate Exceeded.', { Reason: reason });
}

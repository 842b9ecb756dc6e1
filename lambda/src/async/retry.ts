import {
  DEFAULT_EVENT_AGE_SECONDS,
  DEFAULT_EVENT_RETRIES,
  FIRST_EVENT_RETRY_MS,
  LATER_EVENT_RETRY_MS,
  MAX_EVENT_BACKOFF_MS,
  MIN_EVENT_BACKOFF_MS,
} from '../limits.ts';
import type { EventInvocation } from './event.ts';

/** How long an event is tried; what is absent is AWS's default. */
export interface RetrySettings {
  /** 0 to 2; default 2. */
  maximumRetryAttempts?: number | undefined;
  /** 60 to 21,600; default 21,600. */
  maximumEventAgeInSeconds?: number | undefined;
}

/** When the event is tried again, or why it is not. Times are epoch milliseconds. */
export type Next = { dueMs: number } | { condition: 'RetriesExhausted' | 'EventAgeExceeded' };

/** Whether the event has waited so long that it must not be tried any more. */
export function isExpired(
  event: Pick<EventInvocation, 'acceptedMs'>,
  settings: RetrySettings,
  nowMs: number,
): boolean {
  return nowMs >= expiryMs(event, settings);
}

/**
 * What follows an error of the function (`attempts` counts it): another attempt after one minute, and after two minutes
 * more. A retry that would come too late is not waited for.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export function afterError(
  event: Pick<EventInvocation, 'acceptedMs' | 'attempts'>,
  settings: RetrySettings,
  nowMs: number,
): Next {
  if (event.attempts > (settings.maximumRetryAttempts ?? DEFAULT_EVENT_RETRIES)) {
    return { condition: 'RetriesExhausted' };
  }
  const dueMs = nowMs + (event.attempts === 1 ? FIRST_EVENT_RETRY_MS : LATER_EVENT_RETRY_MS);
  return dueMs < expiryMs(event, settings) ? { dueMs } : { condition: 'EventAgeExceeded' };
}

/**
 * When an event is tried again that was refused (`refusals` counts it) by a throttle or an error of the service: after
 * one second, then twice as long each time up to five minutes, and not after its age.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export function afterRefusal(
  event: Pick<EventInvocation, 'acceptedMs' | 'refusals'>,
  settings: RetrySettings,
  nowMs: number,
): number {
  const waitMs = MIN_EVENT_BACKOFF_MS * 2 ** (event.refusals - 1);
  return Math.min(nowMs + Math.min(waitMs, MAX_EVENT_BACKOFF_MS), expiryMs(event, settings));
}

function expiryMs({ acceptedMs }: Pick<EventInvocation, 'acceptedMs'>, settings: RetrySettings): number {
  return acceptedMs + (settings.maximumEventAgeInSeconds ?? DEFAULT_EVENT_AGE_SECONDS) * 1000;
}

import { wallNow } from '../clock.ts';
import { currentInvocation } from '../context.ts';
import type { Arm } from '../core/assignment.ts';
import { warn } from '../warnings.ts';
import { keepMessage } from './flush.ts';
import { randomHex } from './trace-context.ts';

/** Who did something: a known user, or the anonymous id of a visitor (by default the invocation's unit). */
export interface Identity {
  userId?: string;
  anonymousId?: string;
}

/**
 * Says that somebody did something in the product, as Segment's `track`. Within an invocation it carries that
 * invocation's trace, unit and arm. Returns at once and never throws; a message of more than 32 KB is dropped.
 */
export function track(
  event: string,
  properties: Record<string, unknown> = {},
  identity: Identity = {},
): void {
  keep('track', event, properties, identity);
}

/** Says who somebody is, as Segment's `identify`: links the invocation's unit with the user. Never throws. */
export function identify(userId: string, traits: Record<string, unknown> = {}): void {
  keep('identify', '', traits, { userId });
}

/**
 * The unit of the current invocation: the person or session that came with its event, else its request id. Undefined
 * outside an invocation.
 */
export function currentUnit(): string | undefined {
  try {
    const invocation = currentInvocation();
    return invocation?.unit ?? invocation?.requestId;
  } catch {
    return undefined;
  }
}

/**
 * The arm of the current invocation in the experiment that is running on this function, or undefined when none is;
 * with `experiment` (a name or the id of a run) only when it is that one.
 */
export function currentArm(experiment?: string): Arm | undefined {
  try {
    const assignment = currentInvocation()?.assignment;
    if (assignment === undefined) return undefined;
    const asked =
      experiment === undefined || experiment === assignment.experiment || experiment === assignment.run;
    return asked ? assignment.arm : undefined;
  } catch {
    return undefined;
  }
}

function keep(
  type: 'track' | 'identify',
  event: string,
  properties: Record<string, unknown>,
  who: Identity,
): void {
  try {
    keepMessage({
      type,
      messageId: randomHex(32),
      at: wallNow(),
      userId: textOf(who?.userId),
      anonymousId: textOf(who?.anonymousId),
      event: String(event),
      // A copy: the caller may reuse the object before it is written.
      properties: { ...properties },
      invocation: currentInvocation(),
    });
  } catch {
    warn('message-unreadable');
  }
}

function textOf(id: unknown): string | undefined {
  return id === undefined || id === null || id === '' ? undefined : String(id);
}

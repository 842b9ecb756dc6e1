import type { Invocation } from '../context.ts';

/** What `track` or `identify` was called with, and where. */
export interface ProductMessage {
  type: 'track' | 'identify';
  messageId: string;
  /** Epoch milliseconds. */
  at: number;
  userId: string | undefined;
  anonymousId: string | undefined;
  /** The event's name; for `identify` ''. */
  event: string;
  properties: Record<string, unknown>;
  invocation: Invocation | undefined;
}

/**
 * The message as Segment's HTTP API has it (https://segment.com/docs/connections/spec/), with the invocation's trace,
 * unit and arm in its context. Throws when the properties cannot be JSON.
 */
export function encodeMessage(message: ProductMessage): string {
  const { invocation, type, messageId, event, properties } = message;
  const assignment = invocation?.assignment;
  const unit = assignment?.unit ?? invocation?.unit ?? invocation?.requestId;
  // Segment asks every message for somebody; outside an invocation with nobody named, only the message knows itself.
  const fallback =
    invocation?.unit ?? invocation?.requestId ?? (message.userId === undefined ? messageId : undefined);
  return JSON.stringify({
    type,
    messageId,
    timestamp: new Date(message.at).toISOString(),
    anonymousId: message.anonymousId ?? fallback,
    userId: message.userId,
    ...(type === 'track' ? { event, properties } : { traits: properties }),
    context: {
      library: { name: '@upstack/lambda', version: '0.1.0' },
      traceId: invocation?.trace.traceId,
      upstack: invocation && {
        unit,
        run: assignment?.run,
        experiment: assignment?.experiment,
        arm: assignment?.arm,
      },
    },
  });
}

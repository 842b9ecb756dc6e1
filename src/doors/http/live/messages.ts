import type { z } from 'zod';
import { runMessage } from '../../../experiments/schema.ts';
import { overview } from '../../../operate/overview/schema.ts';

/** What the live stream carries: the schema of each message by its name. Server and dashboard share it. */
export const liveMessages = { overview, run: runMessage };

export type LiveMessages = {
  [Name in keyof typeof liveMessages]: z.output<(typeof liveMessages)[Name]>;
};

/** Called with each message of the stream. */
export type LiveListener = <Name extends keyof LiveMessages>(name: Name, message: LiveMessages[Name]) => void;

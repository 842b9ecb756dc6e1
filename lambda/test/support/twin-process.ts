/**
 * The twin with its state engine in a process of its own, so that it can be killed. Arguments: directory, and how many
 * milliseconds its clock is ahead. Sends its endpoint when it listens, and ends when its parent disconnects.
 */
import { join } from 'node:path';
import { systemClock } from '../../src/clock.ts';
import { openStateIn } from './state.ts';
import { openTwin } from './twin.ts';

const [, , directory = '', aheadMs = '0'] = process.argv;
const state = await openStateIn(join(directory, 'state'));
const clock = { now: () => systemClock.now() + Number(aheadMs), monotonic: systemClock.monotonic };
// Functions say what they got in a file of this machine, which no sandbox shows.
const twin = await openTwin({ directory: join(directory, 'compute'), state, clock, isolation: 'off' });
process.once('disconnect', async () => {
  await twin.close();
  await state.close();
  process.exit();
});
process.send?.(twin.endpoint);

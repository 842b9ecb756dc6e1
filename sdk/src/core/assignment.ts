import { murmur3 } from './murmur3.ts';

export type Arm = 'control' | 'treatment';

/**
 * Which arm a unit is in: deterministic, the same in every function and in the control room, and monotone in the
 * share (a unit that is in treatment stays there when the share grows).
 * `salt` is per experiment run, so that runs are independent; `share` is the treatment's part of all units, 0 to 1.
 */
export function assign(salt: string, unit: string, share: number): Arm {
  return murmur3(`${salt}/${unit}`) < share * 0x1_0000_0000 ? 'treatment' : 'control';
}

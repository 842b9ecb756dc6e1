/** What every part stands on: the log, the keys, the claim on the data directory, and the one port. */
import type { Keys } from '../../access/keys.ts';
import type { OriginPolicy } from '../../access/origin.ts';
import { openKeys } from '../../access/store.ts';
import { answeredHosts } from '../../doors/http/hosts.ts';
import { HttpDoor } from '../../doors/http/server.ts';
import { newId } from '../../lib/ids.ts';
import { createLog, type Log } from '../../lib/log.ts';
import { refuseSecond, removeInstance, writeInstance } from '../../lib/process/instance.ts';
import type { Lifecycle } from '../../lib/process/lifecycle.ts';
import type { Config } from '../config.ts';

export interface Foundation {
  config: Config;
  version: string;
  log: Log;
  keys: Keys;
  origins: OriginPolicy;
  /** The port is taken already; until the doors open, every request is answered with 503. */
  door: HttpDoor;
  instanceId: string;
  /** Tells commands on this machine where the control room is. */
  announce(): Promise<void>;
}

/** Throws a Problem when another control room uses the data directory. */
export async function openFoundation(
  config: Config,
  version: string,
  opened: Lifecycle,
): Promise<Foundation> {
  const { directory, host, port } = config;
  const log = createLog(config.logLevel);
  const instance = { id: newId('room'), pid: process.pid, url: '', startedAt: new Date().toISOString() };
  await refuseSecond(directory);
  const keys = await openKeys(directory);
  await writeInstance(directory, instance);
  opened.add('instance file', directory, removeInstance);
  const origins = { hosts: answeredHosts(host, config.allowedHosts) };
  const door = opened.add('http door', await HttpDoor.open({ host, port, origins, log }), (it) => it.close());
  const announce = () => writeInstance(directory, { ...instance, url: door.url });
  return { config, version, log, keys, origins, door, instanceId: instance.id, announce };
}

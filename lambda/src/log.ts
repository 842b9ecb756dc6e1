import type { Log } from './ports.ts';

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** Warnings and errors as JSON lines on standard error. */
export const errorLog: Log = {
  debug() {},
  info() {},
  warn: (fields, message) => write('warn', fields, message),
  error: (fields, message) => write('error', fields, message),
};

function write(level: string, fields: object, message: string): void {
  process.stderr.write(`${JSON.stringify({ level, time: new Date().toISOString(), ...fields, message })}\n`);
}

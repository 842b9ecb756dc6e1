/** Defaults of command options, equal to those of the control room. */
export const DEFAULT_DATA = '.upstack';
export const DEFAULT_HOST = '127.0.0.1';
export const DEFAULT_PORT = 4700;
export const DEFAULT_URL = `http://${DEFAULT_HOST}:${DEFAULT_PORT}`;

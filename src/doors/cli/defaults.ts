/** What commands assume when nothing is said; the same as the control room's own defaults. */
export const DEFAULT_DATA = '.upstack';
export const DEFAULT_HOST = '127.0.0.1';
export const DEFAULT_PORT = 4700;
export const DEFAULT_URL = `http://${DEFAULT_HOST}:${DEFAULT_PORT}`;

/** Preloaded by `command.test.ts` (`node --import`): at the end, writes what the process loaded to UPSTACK_LOADED. */
import { writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

const target = process.env.UPSTACK_LOADED;
const loaded = new Set<string>();
registerHooks({
  load(url, context, next) {
    if (url.startsWith('file:')) loaded.add(url);
    return next(url, context);
  },
});
process.on('exit', () => target && writeFileSync(target, [...loaded].join('\n')));

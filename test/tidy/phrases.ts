import type { Offence, SourceFile } from './source.ts';

/** English that was translated, and constants named otherwise than everybody names them. */
const BANNED: Record<string, RegExp> = {
  'must be a text': /\bmust be a text\b/i,
  'is not taken': /\b(is|are) not taken\b/i,
  'so long': /\bso long\b(?! as\b)/i,
  'so many': /\bso many\b/i,
  'for who': /\bfor who\b/i,
  'what of': /\bwhat of\b/i,
  'told about': /\b(told|tells?) about (itself|themselves)\b|\btold about\b/i,
  'MAX_ or MIN_': /\b(MOST|LEAST|LONGEST|LARGEST|SHORTEST|FEWEST|HIGHEST|LOWEST|SMALLEST)_[A-Z]/,
};

/** Comments, strings, names and pages speak plain engineering English. */
export const phrases = {
  name: 'plain English',
  find(files: readonly SourceFile[]): Offence[] {
    return files
      .filter(({ path }) => !path.startsWith('test/tidy'))
      .flatMap(({ path, text }) =>
        Object.entries(BANNED).flatMap(([phrase, pattern]) => {
          const line = text.split('\n').findIndex((each) => pattern.test(each)) + 1;
          return line > 0 ? [{ at: `${path} ${phrase}`, says: `${path}:${line}: "${phrase}"` }] : [];
        }),
      );
  },
};

/**
 * A browser started without a locale (LANG=C, common in containers) calls its language `en-US@posix`, which no `Intl`
 * formatter accepts, and the chart library asks for one while it loads. Imported before everything else.
 */
try {
  Intl.getCanonicalLocales(navigator.language);
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en-US', configurable: true });
}

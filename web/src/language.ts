/**
 * A browser started without a locale (LANG=C, common in containers) reports its language as `en-US@posix`. No `Intl`
 * formatter accepts that, and the chart library creates one while it loads. So this module is imported first.
 */
try {
  Intl.getCanonicalLocales(navigator.language);
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en-US', configurable: true });
}

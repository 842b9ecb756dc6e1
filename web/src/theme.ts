import { type CSSVariablesResolver, createTheme, type MantineColorsTuple, Menu, Modal } from '@mantine/core';

const iris: MantineColorsTuple = [
  '#f0f0ff',
  '#e1e0fd',
  '#c5c3fa',
  '#a6a3f6',
  '#8b87f0',
  '#746fea',
  '#5f59e3',
  '#4f47d1',
  '#443dba',
  '#37319c',
];

const dark: MantineColorsTuple = [
  '#eceef3',
  '#b6bcc9',
  '#939bac',
  '#6b7284',
  '#394050',
  '#2b313d',
  '#1a1e27',
  '#12151c',
  '#0e1117',
  '#0b0d12',
];

const bad: MantineColorsTuple = [
  '#fff0f0',
  '#fde0e0',
  '#f8bcbd',
  '#f29597',
  '#ec7376',
  '#e05257',
  '#c9363d',
  '#b3282f',
  '#992026',
  '#7d181d',
];

/** Colours, type scale and radii for the component library. Everything else uses `styles/tokens.css`. */
export const theme = createTheme({
  primaryColor: 'iris',
  primaryShade: { light: 7, dark: 6 },
  colors: { iris, bad, dark },
  fontFamily: 'var(--up-font)',
  fontFamilyMonospace: 'var(--up-mono)',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  defaultRadius: 'md',
  radius: { xs: '4px', sm: '6px', md: '8px', lg: '12px', xl: '16px' },
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    // The placeholder is not a valid child of a menu (ARIA). Focus goes to the first item instead.
    Menu: Menu.extend({ defaultProps: { withInitialFocusPlaceholder: false } }),
    Modal: Modal.extend({ defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } }),
  },
});

/** Makes the component library use the surfaces, borders and text colours of our own styles. */
export const variables: CSSVariablesResolver = () => {
  const shared = {
    '--mantine-color-body': 'var(--up-bg)',
    '--mantine-color-text': 'var(--up-text)',
    '--mantine-color-dimmed': 'var(--up-text-3)',
    '--mantine-color-placeholder': 'var(--up-text-3)',
    '--mantine-color-default': 'var(--up-surface)',
    '--mantine-color-default-hover': 'var(--up-surface-2)',
    '--mantine-color-default-color': 'var(--up-text)',
    '--mantine-color-default-border': 'var(--up-border-strong)',
    '--mantine-color-error': 'var(--up-bad)',
    '--mantine-color-anchor': 'var(--up-accent)',
  };
  return { variables: {}, light: shared, dark: shared };
};

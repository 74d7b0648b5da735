// The look: one accent, cool greys, dense sizes, and the colours that pass WCAG AA where Mantine's defaults do not.
import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';

const iris: MantineColorsTuple = [
  '#f2f1ff',
  '#dfddfd',
  '#bdb9f7',
  '#9b95f0',
  '#8078ea',
  '#6d64e4',
  '#5f55dc',
  '#4f46c6',
  '#443bae',
  '#393290',
];

const dark: MantineColorsTuple = [
  '#d9dce3',
  '#b7bcc8',
  '#9aa1b0',
  '#6b7383',
  '#3a404d',
  '#2c313c',
  '#22262f',
  '#191c23',
  '#13161b',
  '#0e1014',
];

/** Mantine's, but white on its button is readable in the dark too (its own shade 7 has a contrast of 3.8). */
const red: MantineColorsTuple = [
  '#fff5f5',
  '#ffe3e3',
  '#ffc9c9',
  '#ffa8a8',
  '#ff8787',
  '#ff6b6b',
  '#fa5252',
  '#c92a2a',
  '#c92a2a',
  '#a61e1e',
];

export const theme = createTheme({
  colors: { iris, dark, red },
  primaryColor: 'iris',
  primaryShade: { light: 8, dark: 7 },
  autoContrast: true,
  respectReducedMotion: true,
  defaultRadius: 6,
  cursorType: 'pointer',
  fontFamily: "Inter, system-ui, -apple-system, 'Segoe UI', Roboto, 'Open Sans', 'Helvetica Neue', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Mono', 'JetBrains Mono', Menlo, Consolas, monospace",
  headings: { fontWeight: '600', sizes: { h1: { fontSize: '20px', lineHeight: '28px' }, h2: { fontSize: '15px' } } },
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '24px', xl: '32px' },
  components: {
    Button: { defaultProps: { size: 'xs' } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray', size: 'md' } },
    TextInput: { defaultProps: { size: 'sm' } },
    Select: { defaultProps: { size: 'sm', allowDeselect: false } },
    Tooltip: { defaultProps: { openDelay: 350, withArrow: true } },
    Modal: {
      defaultProps: {
        centered: false,
        overlayProps: { backgroundOpacity: 0.45 },
        closeButtonProps: { 'aria-label': 'Close' },
      },
    },
    Menu: { defaultProps: { shadow: 'md', position: 'bottom-end' } },
    Table: { defaultProps: { verticalSpacing: 6, horizontalSpacing: 'sm' } },
    Anchor: { defaultProps: { underline: 'hover' } },
  },
});

/** Dimmed text, placeholders and errors of Mantine fall below a contrast of 4.5 in places; these do not. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#5a6272',
    '--mantine-color-placeholder': '#6b7280',
    '--mantine-color-error': '#b42318',
    '--mantine-color-anchor': '#443bae',
    '--mantine-color-gray-light-color': '#3c4350',
  },
  dark: {
    '--mantine-color-dimmed': '#9fa7b7',
    '--mantine-color-placeholder': '#8d95a5',
    '--mantine-color-error': '#ff9b92',
    '--mantine-color-anchor': '#b3adf7',
    '--mantine-color-body': '#191c23',
  },
});

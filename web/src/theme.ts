/** Colours and type. Every pair of text and ground keeps a contrast of 4.5 to 1 or better. */
import { type CSSVariablesResolver, createTheme } from '@mantine/core';

const FONTS = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

export const theme = createTheme({
  primaryColor: 'fern',
  primaryShade: { light: 7, dark: 6 },
  autoContrast: true,
  defaultRadius: 'md',
  cursorType: 'pointer',
  fontFamily: FONTS,
  headings: {
    fontFamily: FONTS,
    fontWeight: '650',
    sizes: { h1: { fontSize: '1.75rem' }, h3: { fontSize: '1.125rem' }, h4: { fontSize: '1rem' } },
  },
  colors: {
    fern: [
      '#eef7f4',
      '#d9ece6',
      '#b3d9cd',
      '#86c4b1',
      '#5caf97',
      '#3c967d',
      '#2a7b66',
      '#1c5c4e',
      '#154a3f',
      '#0c342c',
    ],
  },
});

/** Mantine's muted text is too pale to read on its own grounds. */
export const cssVariables: CSSVariablesResolver = ({ colors }) => ({
  variables: { '--desk-mark': colors['fern']?.[7] ?? '' },
  light: {
    '--mantine-color-dimmed': colors.gray[7],
    '--mantine-color-placeholder': colors.gray[7],
    '--mantine-color-error': colors.red[9],
  },
  dark: {
    '--mantine-color-anchor': colors['fern']?.[3] ?? '',
    '--mantine-color-dimmed': colors.dark[1],
    '--mantine-color-placeholder': colors.dark[1],
    '--mantine-color-error': colors.red[4],
  },
});

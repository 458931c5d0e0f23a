// Vuetify with our colours. Contrast is at least 4.5:1 for text on each of the surfaces, in both themes.

import 'vuetify/styles'
import { createVuetify } from 'vuetify'
import { aliases, mdi } from 'vuetify/iconsets/mdi-svg'
import { en, ru } from 'vuetify/locale'
import { language, theme } from './preferences'

export function makeVuetify() {
  const nonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce
  return createVuetify({
    icons: { defaultSet: 'mdi', aliases, sets: { mdi } },
    locale: { locale: language.value, fallback: 'en', messages: { en, ru } },
    theme: {
      defaultTheme: theme.value,
      ...(nonce ? { cspNonce: nonce } : {}),
      themes: {
        light: {
          dark: false,
          colors: {
            background: '#f4f6fa', surface: '#ffffff', 'surface-light': '#eef1f7', 'surface-variant': '#3d4658',
            primary: '#2b50c8', secondary: '#4a5670', error: '#b3261e', warning: '#8a5300', success: '#1a6b3c', info: '#17598c',
            'on-background': '#1a2130', 'on-surface': '#1a2130',
          },
          variables: { 'border-color': '#1a2130', 'border-opacity': 0.14, 'medium-emphasis-opacity': 0.72 },
        },
        dark: {
          dark: true,
          colors: {
            background: '#10141c', surface: '#181e29', 'surface-light': '#222a38', 'surface-variant': '#c3cad8',
            primary: '#9db4ff', secondary: '#b4bfd6', error: '#ffb4ab', warning: '#f2bd6a', success: '#7fd6a0', info: '#8ecbff',
            'on-background': '#e6eaf3', 'on-surface': '#e6eaf3',
          },
          variables: { 'border-color': '#e6eaf3', 'border-opacity': 0.16, 'medium-emphasis-opacity': 0.76 },
        },
      },
    },
    defaults: {
      VBtn: { rounded: 'lg', variant: 'text' },
      VCard: { rounded: 'lg', variant: 'flat', border: true },
      VTextField: { variant: 'outlined', density: 'compact', hideDetails: 'auto' },
      VTextarea: { variant: 'outlined', density: 'compact', hideDetails: 'auto' },
      VSelect: { variant: 'outlined', density: 'compact', hideDetails: 'auto' },
      VAutocomplete: { variant: 'outlined', density: 'compact', hideDetails: 'auto' },
      VCombobox: { variant: 'outlined', density: 'compact', hideDetails: 'auto' },
      VFileInput: { variant: 'outlined', density: 'compact', hideDetails: 'auto' },
      VSwitch: { color: 'primary', density: 'compact', hideDetails: 'auto', inset: true },
      VCheckbox: { color: 'primary', density: 'compact', hideDetails: 'auto' },
      VTabs: { color: 'primary' },
      VTooltip: { openDelay: 400 },
    },
  })
}

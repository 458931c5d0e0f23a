import { defineConfig } from '@playwright/test'

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'e2e/out/tests',
  timeout: 60_000,
  expect: { timeout: 15_000 },
  workers: 1,
  reporter: [['list']],
  use: {
    baseURL: 'http://127.0.0.1:4700',
    viewport: { width: 1280, height: 800 },
    locale: 'ru-RU',
    timezoneId: 'Europe/Moscow',
    actionTimeout: 15_000,
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    },
  },
  projects: [
    // Every page in every state, on answers that the test gives: `npm run build` comes before it.
    { name: 'pages', testMatch: 'pages/*.spec.ts' },
    // What people do, on the real server: SMARTCPD_BIN names the binary.
    { name: 'journeys', testMatch: 'journeys/*.spec.ts' },
  ],
  webServer: { command: 'node e2e/pages/serve.mjs 4700', url: 'http://127.0.0.1:4700/', reuseExistingServer: true },
})

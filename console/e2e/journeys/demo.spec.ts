// The demonstration's calls in the console: they come, they are found, one is looked at and called wrong.

import { expect, test, type Page } from '@playwright/test'
import { as, settle, violations } from '../pages/stage'
import { startDemo, type Demo } from './server'

test.describe.configure({ mode: 'serial', timeout: 120_000 })

let demo: Demo
let page: Page

test.beforeAll(async ({ browser }) => {
  demo = await startDemo()
  page = await browser.newPage({ baseURL: demo.url })
  await as(page, 'ru', 'light')
})
test.afterAll(async () => {
  await page?.close()
  await demo?.stop()
})

test('who has the printed password gets in', async () => {
  await page.goto('/')
  await page.getByLabel('Эл. почта').fill(demo.email)
  await page.getByLabel('Пароль', { exact: true }).fill(demo.password)
  await page.getByRole('button', { name: 'Войти' }).click()
  await expect(page.getByRole('navigation', { name: 'Главное меню' })).toBeVisible()
})

test('calls come into the list', async () => {
  // Calls last some seconds; their records are written in batches.
  await expect(async () => {
    await page.goto('/calls')
    await expect(page.locator('tr.row').nth(5)).toBeVisible({ timeout: 2000 })
  }).toPass({ timeout: 60_000 })
  await settle(page)
  await page.screenshot({ path: 'e2e/out/shots/demo-calls.png' })
  expect(await violations(page)).toEqual([])
})

test('a call shows its ladder, why it was judged so, and takes a label', async () => {
  await page.goto('/calls?class=answer.human,answer.machine,announcement.busy')
  await page.locator('tr.row').first().click()
  await settle(page)
  await expect(page.getByRole('region', { name: 'Почему такой вердикт' })).toContainText(/по (приветствию|эталону|сигналу)/)
  await expect(page.getByRole('region', { name: 'Сообщения SIP' })).toContainText('INVITE')
  await page.getByRole('button', { name: 'Неверный' }).click()
  await page.getByRole('combobox', { name: 'Что было на самом деле' }).fill('Факс')
  await page.getByRole('option', { name: 'Факс' }).click()
  await page.getByRole('region', { name: 'Вердикт верный?' }).getByRole('button', { name: 'Сохранить' }).click()
  await expect(page.getByText('Спасибо, сохранено')).toBeVisible()
  await page.screenshot({ path: 'e2e/out/shots/demo-call.png', fullPage: true })
  expect(await violations(page)).toEqual([])
})

test('statistics count them', async () => {
  await page.goto('/statistics')
  await settle(page)
  await page.screenshot({ path: 'e2e/out/shots/demo-statistics.png', fullPage: true })
})

test('the live page shows what happens', async () => {
  await page.goto('/live')
  await settle(page)
  await expect(page.getByRole('region', { name: 'Транки' })).toContainText('Работает')
  await expect(page.getByRole('region', { name: 'Последние вызовы' }).getByRole('row').nth(1)).toBeVisible({ timeout: 30_000 })
  await page.screenshot({ path: 'e2e/out/shots/demo-live.png' })
  expect(await violations(page)).toEqual([])
})

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
  await page.getByRole('button', { name: 'Войти', exact: true }).click()
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

test('a prompt is cut out of a call, tried, published, and found', async () => {
  const axis = page.getByRole('slider', { name: 'Место в вызове' })
  const box = (await axis.boundingBox())!
  await axis.dragTo(axis, { sourcePosition: { x: box.width * 0.45, y: 250 }, targetPosition: { x: box.width * 0.9, y: 250 } })
  await page.getByRole('button', { name: 'Вырезать как эталон' }).click()
  const dialog = page.getByRole('dialog', { name: 'Вырезать как эталон' })
  await dialog.getByLabel('Название').fill('Проба')
  await dialog.getByLabel('Оператор').fill('Альфа')
  await dialog.getByRole('button', { name: 'Добавить' }).click()
  // What resembles a prompt that is there is asked about; that is one here.
  const alike = dialog.getByLabel('Добавить, хотя он похож на другой')
  await expect(alike.or(page.getByText('Добавлено в черновик'))).toBeVisible()
  if (await alike.isVisible()) {
    await alike.check()
    await dialog.getByRole('button', { name: 'Добавить' }).click()
  }
  await expect(page.getByText('Добавлено в черновик')).toBeVisible()

  await page.goto('/prompts')
  await settle(page)
  await expect(page.getByRole('region', { name: 'Черновик' })).toContainText('Добавлено: 1')
  await page.screenshot({ path: 'e2e/out/shots/demo-prompts.png', fullPage: true })
  expect(await violations(page)).toEqual([])
  await page.getByRole('button', { name: 'Опубликовать' }).click()
  await page.getByRole('dialog', { name: 'Опубликовать' }).getByLabel('Примечание').fill('Из вызова')
  await page.getByRole('dialog', { name: 'Опубликовать' }).getByRole('button', { name: 'Опубликовать' }).click()
  await expect(page.getByRole('region', { name: 'Версии' })).toContainText('Из вызова')
  await page.getByRole('link', { name: 'Проба' }).click()
  await settle(page)
  await expect(page.getByLabel('Оператор')).toHaveValue('Альфа')
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

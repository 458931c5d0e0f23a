// From the first run to somebody else's login, on the real server: one story, told in steps that build on each other.

import { expect, test, type Page } from '@playwright/test'
import { settle, violations } from '../pages/stage'
import { start, type Server } from './server'
import { codeOf } from './totp'

const OPERATOR = { name: 'Анна Лебедева', email: 'anna@vektor.example', password: 'correct horse battery' }
const ANALYST = { name: 'Олег Крылов', email: 'oleg@vektor.example', password: 'staple of the horse' }

test.describe.configure({ mode: 'serial', timeout: 120_000 })

let server: Server
let page: Page
const said: string[] = []

test.beforeAll(async ({ browser }) => {
  server = await start()
  page = await (await browser.newContext({ baseURL: server.url })).newPage()
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) said.push(message.text())
  })
  page.on('pageerror', (error) => said.push(String(error)))
})

test.afterAll(async () => {
  await page?.context().close()
  await server?.stop()
})

test.afterEach(() => expect(said, 'words on the browser’s console').toEqual([]))

test('the first run makes the operator and the first customer', async () => {
  await page.goto('/')
  await expect(page.getByRole('heading', { name: 'Первый запуск' })).toBeVisible()
  await page.getByLabel('Одноразовый код').fill('wrong')
  await page.getByLabel('Имя', { exact: true }).fill(OPERATOR.name)
  await page.getByLabel('Эл. почта').fill(OPERATOR.email)
  await page.getByLabel('Пароль').fill(OPERATOR.password)
  await page.getByLabel('Компания').fill('ООО «Вектор»')
  await page.getByRole('button', { name: 'Начать работу' }).click()
  await expect(page.getByText(/not the code/).first()).toBeVisible()
  await page.getByLabel('Одноразовый код').fill(server.code)
  await page.getByRole('button', { name: 'Начать работу' }).click()
  await expect(page.getByRole('heading', { name: 'Пробный вызов' })).toBeVisible()
})

test('the first run ends with a test call: it comes, is judged, and is found among the calls', async () => {
  // Somebody else's page shows it as it happens.
  const live = await page.context().newPage()
  await live.goto('/live')
  await expect(live.getByRole('link', { name: 'Пробный вызов' })).toBeVisible()

  await page.getByRole('radio', { name: /Человек/ }).check()
  await page.getByRole('button', { name: 'Позвонить' }).click()
  const call = page.getByRole('region', { name: 'Вызов', exact: true })
  await expect(call).toContainText('INVITE на udp:127.0.0.1:')
  await expect(live.getByRole('region', { name: 'Транки' })).toContainText('test call', { timeout: 20_000 })
  await expect(call).toContainText('Именно это и прозвучало', { timeout: 60_000 })
  await expect(live.getByRole('region', { name: 'Последние вызовы' })).toContainText('test call')
  await live.close()
  await page.screenshot({ path: 'e2e/out/shots/first-test-call.png', fullPage: true })
  expect(await violations(page)).toEqual([])
  await call.getByRole('link', { name: 'Открыть вызов' }).click()
  await settle(page)
  await expect(page.getByRole('region', { name: 'Сообщения SIP' })).toContainText('INVITE')
  await page.goto('/calls')
  await expect(page.locator('tr.row')).toHaveCount(1)
  await expect(page.locator('tr.row')).toContainText(/Человек/)

  await page.goto('/settings')
  await page.getByRole('link', { name: 'Пробный вызов' }).click()
  await page.getByRole('radio', { name: /«Номер не существует»/ }).check()
  await page.getByRole('button', { name: 'Позвонить' }).click()
  await expect(call).toContainText('Именно это и прозвучало', { timeout: 60_000 })
  await expect(call).toContainText('итоговый ответ 404')
  await page.getByRole('link', { name: 'Перейти к транкам' }).click()
  await expect(page.getByRole('heading', { name: 'Транки' })).toBeVisible()
})

test('a carrier, a policy and a dialer are set up; what is wrong is said at its place', async () => {
  await page.getByRole('button', { name: 'Добавить провайдера' }).click()
  await page.getByLabel('Название').fill('main')
  await page.getByRole('button', { name: 'Продолжить' }).click()
  await expect(page.getByRole('heading', { name: 'main' })).toBeVisible()
  await page.getByLabel('SIP URI').fill('sip:gw1.carrier.example')
  await page.getByLabel('Опрашивать').fill('soon')
  await save('Проверьте введённое')
  await page.getByLabel('Опрашивать').fill('45s')
  await save()

  await page.goto('/policies')
  await page.getByRole('button', { name: 'Добавить политику' }).first().click()
  await page.getByLabel('Название').fill('outbound')
  await page.getByRole('button', { name: 'Продолжить' }).click()
  const matrix = page.getByRole('region', { name: 'Действия по вердиктам' })
  await matrix.getByRole('radio', { name: 'Сообщение: все, До ответа: Отклонить' }).check()
  await matrix.getByRole('radio', { name: 'Автоответчик, После ответа: Разъединить' }).check()
  await page.getByLabel('Удерживать ответ').fill('1800ms')
  await save()

  await page.goto('/trunks')
  await page.getByRole('button', { name: 'Добавить диалер' }).click()
  await page.getByLabel('Название').fill('vici')
  await page.getByRole('button', { name: 'Продолжить' }).click()
  await page.getByLabel('Сети').fill('10.0.1.0/24')
  await page.keyboard.press('Enter')
  await choose('Провайдеры по порядку', 'main')
  await choose('Политика', 'outbound')
  await save()
  await page.getByRole('link', { name: 'Транки' }).first().click()
  await expect(page.getByRole('link', { name: /vici/ })).toContainText('10.0.1.0/24 · → main')
})

test('the history of a policy shows who changed what', async () => {
  await page.goto('/policies/outbound')
  await settle(page)
  await page.getByLabel('Удерживать ответ').fill('900ms')
  await save()
  await page.getByRole('button', { name: 'История' }).click()
  const history = page.getByRole('dialog', { name: 'История' })
  await expect(history).toContainText('"1800ms" → "900ms"')
  await expect(history).toContainText(OPERATOR.name)
  await history.getByRole('button', { name: 'Закрыть' }).click()
})

test('a key is made and shown once', async () => {
  await page.goto('/keys')
  await page.getByRole('button', { name: 'Создать ключ' }).first().click()
  await page.getByLabel('Название').fill('CRM')
  await page.getByRole('button', { name: 'Создать', exact: true }).click()
  await expect(page.getByLabel('Ключ', { exact: true })).toHaveValue(/^scpd_/)
  await page.getByRole('button', { name: 'Ключ сохранён' }).click()
  await expect(page.getByRole('cell', { name: 'CRM', exact: true })).toBeVisible()
})

test('an analyst is added', async () => {
  await page.goto('/users')
  await page.getByRole('button', { name: 'Добавить пользователя' }).click()
  await page.getByLabel('Имя', { exact: true }).fill(ANALYST.name)
  await page.getByLabel('Эл. почта').fill(ANALYST.email)
  await page.getByLabel('Первый пароль').fill(ANALYST.password)
  await page.getByRole('button', { name: 'Сохранить' }).click()
  await expect(page.getByRole('cell', { name: ANALYST.email })).toBeVisible()
})

test('pages of the first day have no fault and no violation', async () => {
  for (const path of ['/calls', '/trunks', '/policies', '/profiles', '/statistics', '/users', '/keys', '/audit', '/customers', '/settings']) {
    await page.goto(path)
    await settle(page)
    await expect(page.getByText('На сервере произошла ошибка')).toHaveCount(0)
    expect(await violations(page), path).toEqual([])
  }
})

test('the log of actions tells it all', async () => {
  await page.goto('/audit')
  for (const words of ['Добавлен провайдер', 'Изменена политика', 'Создан ключ', 'Добавлен пользователь']) await expect(page.getByText(words).first()).toBeVisible()
})

test('the second factor is turned on and asked for', async () => {
  await page.goto('/settings')
  const card = page.getByRole('region', { name: 'Второй фактор' })
  await card.getByLabel('Нынешний пароль').fill(OPERATOR.password)
  await card.getByRole('button', { name: 'Включить' }).click()
  const secret = await card.getByRole('textbox', { name: 'Секрет' }).inputValue()
  await card.getByRole('textbox', { name: 'Код' }).fill(codeOf(secret, Date.now()))
  await card.getByRole('button', { name: 'Подтвердить' }).click()
  await expect(card.getByText('Второй фактор включён')).toBeVisible()
  await logOut()
  await logIn(OPERATOR)
  // A code counts once: that of the next half minute is taken ahead of its time, as clocks of telephones go wrong.
  await page.getByLabel('Код').fill(codeOf(secret, Date.now() + 30_000))
  await page.getByRole('button', { name: 'Войти', exact: true }).click()
  await expect(page.getByRole('navigation', { name: 'Главное меню' })).toBeVisible()
  await logOut()
})

test('the analyst sees calls and no users’ keys', async () => {
  await page.goto('/calls?period=week')
  await logIn({ ...ANALYST, password: 'wrong password' })
  await expect(page.getByRole('alert')).toContainText('Неверная почта или пароль')
  await logIn(ANALYST)
  await expect(page).toHaveURL(/\/calls\?period=week$/)
  await expect(page.getByRole('link', { name: 'Ключи API' })).toHaveCount(0)
  await page.goto('/policies/outbound')
  await settle(page)
  await expect(page.getByRole('button', { name: 'Удалить' })).toHaveCount(0)
})

async function save(problem?: string) {
  await page.getByRole('button', { name: 'Сохранить' }).click()
  if (problem) await expect(page.getByRole('alert').filter({ hasText: problem })).toBeVisible()
  else await expect(page.getByText('Ещё не сохранено')).toHaveCount(0)
}
async function choose(label: string, name: string) {
  await page.getByRole('combobox', { name: label, exact: true }).press('ArrowDown')
  await page.getByRole('option', { name }).click()
  await page.keyboard.press('Escape')
}
async function logIn(who: { email: string; password: string }) {
  await page.getByLabel('Эл. почта').fill(who.email)
  await page.getByLabel('Пароль', { exact: true }).fill(who.password)
  await page.getByRole('button', { name: 'Войти', exact: true }).click()
}
async function logOut() {
  await page.getByRole('button', { name: /Учётная запись, язык и тема/ }).click()
  await page.getByRole('button', { name: 'Выйти' }).click()
  await expect(page.getByRole('heading', { name: 'Вход' })).toBeVisible()
}

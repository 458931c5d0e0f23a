// Every page: by role and words, in both languages and themes, in each of its states, and looked over by axe.

import { expect } from '@playwright/test'
import { EMPTY, ME, READY } from './answers'
import { as, settle, test, violations } from './stage'

/** Address, its heading in Russian and in English. */
const PAGES: [string, string, string][] = [
  ['/live', 'Сейчас', 'Live'],
  ['/live?wall=1', 'Сейчас', 'Live'],
  ['/calls', 'Вызовы', 'Calls'],
  ['/calls/c0', '+79161234567', '+79161234567'],
  ['/prompts', 'Эталоны', 'Prompts'],
  ['/prompts/p1', 'Аппарат выключен, женский', 'Аппарат выключен, женский'],
  ['/trunks', 'Транки', 'Trunks'],
  ['/trunks/dialers/vici', 'vici', 'vici'],
  ['/trunks/carriers/main', 'main', 'main'],
  ['/policies', 'Политики', 'Policies'],
  ['/policies/outbound', 'outbound', 'outbound'],
  ['/profiles', 'Профили', 'Profiles'],
  ['/profiles/careful', 'careful', 'careful'],
  ['/tone-plans', 'Тональные планы', 'Tone plans'],
  ['/tone-plans/office', 'office', 'office'],
  ['/statistics', 'Статистика', 'Statistics'],
  ['/jobs', 'Задачи', 'Jobs'],
  ['/requests', 'Заявки', 'Requests'],
  ['/requests/r1', 'Человек принят за автоответчик', 'Человек принят за автоответчик'],
  ['/intake', 'Приём по телефону', 'Telephone intake'],
  ['/masses', 'Массовые инциденты', 'Mass incidents'],
  ['/texts', 'Ответы и статьи', 'Answers and articles'],
  ['/articles', 'Статьи', 'Articles'],
  ['/users', 'Пользователи', 'Users'],
  ['/keys', 'Ключи API', 'API keys'],
  ['/webhooks', 'Вебхуки', 'Webhooks'],
  ['/webhooks/w1', 'CRM', 'CRM'],
  ['/audit', 'Журнал действий', 'Audit log'],
  ['/customers', 'Клиенты', 'Customers'],
  ['/settings', 'Параметры', 'Settings'],
  ['/test-call', 'Пробный вызов', 'Test call'],
  ['/nowhere', 'Такой страницы нет', 'There is no such page'],
]
const LOOKS = [
  ['ru', 'light'],
  ['en', 'dark'],
] as const

for (const [language, theme] of LOOKS) {
  for (const [path, russian, english] of PAGES) {
    test(`${path} in ${language}, ${theme}`, async ({ stage }) => {
      const { page } = stage
      await as(page, language, theme)
      await page.goto(path)
      await settle(page)
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(language === 'ru' ? russian : english)
      await expect(page.locator('html')).toHaveAttribute('lang', language)
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 'the page is wider than the window').toBeLessThanOrEqual(0)
      await page.screenshot({ path: `e2e/out/shots/${language}-${theme}${path.replaceAll(/[/?=]/g, '-')}.png` })
      expect(await violations(page)).toEqual([])
    })
  }
}

for (const path of ['/live', '/calls', '/prompts', '/trunks', '/policies', '/profiles', '/tone-plans', '/statistics', '/jobs', '/requests', '/masses', '/texts', '/articles', '/users', '/keys', '/webhooks', '/audit', '/customers']) {
  test(`${path} without anything in it`, async ({ stage }) => {
    const { page } = stage
    await stage.answers(EMPTY)
    await page.goto(path)
    await settle(page)
    await expect(page.getByRole('main')).toContainText(/пока нет|вызовов нет|Задач нет|записей нет|разметки нет/)
    expect(await violations(page)).toEqual([])
  })

  test(`${path} while the database is away`, async ({ stage }) => {
    const { page } = stage
    await stage.answers(READY, 'broken')
    await page.goto(path)
    await settle(page)
    await expect(page.getByRole('alert').first()).toContainText('База данных недоступна')
    expect(await violations(page)).toEqual([])
    await stage.answers(READY)
    await page.getByRole('button', { name: 'Повторить' }).first().click()
    await expect(page.getByRole('alert').filter({ hasText: 'База данных недоступна' })).toHaveCount(path === '/statistics' ? 1 : 0)
  })
}

test('a page that is still loading says so', async ({ stage }) => {
  await stage.answers(READY, 'waiting')
  await stage.page.goto('/calls')
  await expect(stage.page.getByRole('status', { name: 'Загрузка' })).toBeVisible()
})

test('login and set-up', async ({ stage }) => {
  const { page } = stage
  await stage.answers({ ...READY, '/me': null, 'POST /session': { state: 'code_wanted' }, 'POST /session/code': { state: 'open' } })
  await page.goto('/calls?period=week')
  await settle(page)
  await page.screenshot({ path: 'e2e/out/shots/ru-login.png' })
  expect(await violations(page)).toEqual([])
  await page.getByLabel('Эл. почта').fill('anna@vektor.example')
  await page.getByLabel('Пароль', { exact: true }).fill('a long password')
  await page.getByRole('button', { name: 'Войти', exact: true }).click()
  await page.getByLabel('Код').fill('123 456')
  await stage.answers({ ...READY, 'POST /session/code': { state: 'open' } })
  await page.getByRole('button', { name: 'Войти', exact: true }).click()
  await expect(page).toHaveURL(/\/calls\?period=week$/)
  expect(stage.sent).toContain('POST /session/code {"code":"123456"}')
})

test('the first run', async ({ stage }) => {
  const { page } = stage
  await stage.answers({ ...READY, '/me': null, '/setup': { needed: true } })
  await page.goto('/calls')
  await expect(page.getByRole('heading', { name: 'Первый запуск' })).toBeVisible()
  await page.getByLabel('Компания').fill('ООО «Вектор Связи»')
  await expect(page.getByLabel('Короткое имя')).toHaveValue('ooo-vektor-svyazi')
  await expect(page.getByRole('button', { name: 'Начать работу' })).toBeDisabled()
  await page.screenshot({ path: 'e2e/out/shots/ru-setup.png', fullPage: true })
  expect(await violations(page)).toEqual([])
})

test('a test call is followed to its verdict and its row', async ({ stage }) => {
  const { page } = stage
  const begun = { id: 't1', plays: 'busy', state: 'preparing', began_ms: 1, at: 'udp:127.0.0.1:5060', name: null, call: null, told: [], class: null, phase: null, confidence: null, expected: [], ended_by: null, ends: null, fault: null, why: null }
  const over = {
    ...begun, state: 'over', name: 'n1', call: 'c0', class: 'tone.busy', phase: 'early', confidence: 0.97, expected: ['tone.busy'], ended_by: 'callee',
    told: [{ phase: 'early', t_ms: 1140, class: 'tone.busy', confidence: 0.97, event: null }],
    ends: { status: 486, phrase: 'Busy Here', rang_ms: 82, answered_ms: null, ended_ms: 5100, rtp_sent: 250, rtp_received: 249 },
  }
  await stage.answers({ ...READY, 'POST /test-calls': begun, '/test-calls/t1': { ...begun, state: 'arrived', name: 'n1' } })
  await page.goto('/test-call')
  await settle(page)
  await page.getByRole('radio', { name: /Линия занята/ }).check()
  await page.getByRole('button', { name: 'Позвонить' }).click()
  expect(stage.sent).toContain('POST /test-calls {"plays":"busy"}')
  const call = page.getByRole('region', { name: 'Вызов', exact: true })
  await expect(call).toContainText('INVITE на udp:127.0.0.1:5060')
  await expect(call.locator('[aria-current=step]')).toContainText('Вызов идёт через SmartCPD')
  expect(await violations(page)).toEqual([])
  await stage.answers({ ...READY, '/test-calls/t1': over })
  await expect(call).toContainText('Именно это и прозвучало')
  await expect(call).toContainText('отправил 250 пакетов звука, диалер получил 249; итоговый ответ 486')
  await expect(call.getByRole('link', { name: 'Открыть вызов' })).toHaveAttribute('href', '/calls/c0')
  await page.screenshot({ path: 'e2e/out/shots/ru-test-call.png', fullPage: true })
  expect(await violations(page)).toEqual([])
})

test('a test call that came to nothing says why', async ({ stage }) => {
  const { page } = stage
  const failed = { id: 't1', plays: 'person', state: 'failed', began_ms: 1, at: 'udp:127.0.0.1:5060', name: null, call: null, told: [], class: null, phase: null, confidence: null, expected: [], ended_by: null, ends: null, fault: 'unreachable', why: 'nothing answers the INVITE at udp:127.0.0.1:5060 within 5 s' }
  await stage.answers({ ...READY, 'POST /test-calls': { ...failed, state: 'preparing', fault: null, why: null }, '/test-calls/t1': failed })
  await page.goto('/test-call')
  await page.getByRole('button', { name: 'Позвонить' }).click()
  const alert = page.getByRole('alert')
  await expect(alert).toContainText('SmartCPD не отвечает')
  await expect(alert).toContainText('nothing answers the INVITE at udp:127.0.0.1:5060')
  await expect(page.getByRole('button', { name: 'Позвонить ещё раз' })).toBeEnabled()
  expect(await violations(page)).toEqual([])
})

test('the live page on a phone', async ({ stage }) => {
  const { page } = stage
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto('/live')
  await settle(page)
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
  await page.screenshot({ path: 'e2e/out/shots/ru-phone-live.png', fullPage: true })
  await page.getByRole('button', { name: 'Открыть меню' }).click()
  await expect(page.getByRole('link', { name: 'Вызовы' })).toBeVisible()
})

test('a role without rights sees neither the way nor the page', async ({ stage }) => {
  const { page } = stage
  await stage.answers({ ...READY, '/me': { ...ME, role: 'read_only', permissions: ['calls.read'] } })
  await page.goto('/users')
  await expect(page.getByRole('heading', { name: 'Недостаточно прав' })).toBeVisible()
  await expect(page.getByRole('link', { name: 'Пользователи' })).toHaveCount(0)
})

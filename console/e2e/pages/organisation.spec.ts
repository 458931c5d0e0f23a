// Login with an organisation: at the door, on the way back, and where it is set up. And the second factor's picture.

import { expect } from '@playwright/test'
import { ME, READY } from './answers'
import { as, settle, test, violations } from './stage'

const PROVIDER = 'https://id.vektor.example/realms/main'
const FOUND = { authorization_endpoint: `${PROVIDER}/auth`, algorithms: ['RS256'], callback: '/api/v1/session/organisation/callback' }

test('the address says where to go, and nothing is lost where it says nothing', async ({ stage }) => {
  const { page } = stage
  await stage.answers({ ...READY, '/me': null, 'POST /session/organisation': { url: '/login?trouble=unknown' } })
  await page.goto('/calls?period=week')
  await settle(page)
  const button = page.getByRole('button', { name: 'Войти через организацию' })
  await expect(button).toBeDisabled()
  await page.getByLabel('Эл. почта').fill('anna@nowhere.example')
  await button.click()
  await expect(page.getByRole('alert')).toContainText('С адресами этого домена через организацию не входят')
  await expect(page.getByLabel('Эл. почта')).toHaveValue('anna@nowhere.example')
  expect(stage.sent).toContain('POST /session/organisation {"email":"anna@nowhere.example","back":"/calls?period=week"}')
  expect(await violations(page)).toEqual([])
  // The page that was asked for is still the one to go back to.
  await stage.answers({ ...READY, '/me': null, 'POST /session/organisation': { url: `${PROVIDER}/auth?state=s` } })
  await page.route(`${PROVIDER}/**`, (route) => route.fulfill({ contentType: 'text/html', body: '<h1>ID</h1>' }))
  await page.getByLabel('Эл. почта').fill('anna@vektor.example')
  await button.click()
  await expect(page).toHaveURL(`${PROVIDER}/auth?state=s`)
  expect(stage.sent.at(-1)).toBe('POST /session/organisation {"email":"anna@vektor.example","back":"/calls?period=week"}')
})

for (const [language, theme] of [['ru', 'light'], ['en', 'dark']] as const) {
  test(`why somebody was not let in is told in ${language}, ${theme}`, async ({ stage }) => {
    const { page } = stage
    await as(page, language, theme)
    await stage.answers({ ...READY, '/me': null })
    for (const [word, russian, english] of [
      ['late', 'Начните заново', 'Begin again'],
      ['stranger', 'учётной записи здесь нет', 'no account here'],
      ['no-such-word', 'На сервере произошла ошибка', 'Something went wrong'],
    ]) {
      await page.goto(`/login?trouble=${word}&request=r-42`)
      await settle(page)
      await expect(page.getByRole('alert')).toContainText(language === 'ru' ? russian! : english!)
      await expect(page.getByRole('alert')).toContainText('r-42')
    }
    await page.screenshot({ path: `e2e/out/shots/${language}-${theme}-login-trouble.png` })
    expect(await violations(page)).toEqual([])
  })
}

test('who comes back and has a second factor of ours is asked for its code', async ({ stage }) => {
  const { page } = stage
  await stage.answers({ ...READY, '/me': null }, 'ready')
  await page.route('**/api/v1/me', (route) =>
    route.fulfill({ status: 401, contentType: 'application/problem+json', body: JSON.stringify({ type: '/problems/code_wanted', title: '', status: 401, detail: '' }) }),
  )
  await page.goto('/calls')
  await expect(page.getByRole('heading', { name: 'Второй фактор' })).toBeVisible()
  await stage.answers({ ...READY, 'POST /session/code': { state: 'open' } })
  await page.getByLabel('Код').fill('123456')
  await page.getByRole('button', { name: 'Войти', exact: true }).click()
  await expect(page).toHaveURL(/\/calls$/)
})

for (const [language, theme] of [['ru', 'light'], ['en', 'dark']] as const) {
  test(`a provider is changed in ${language}, ${theme}: asked first, then kept`, async ({ stage }) => {
    const { page } = stage
    const say = (russian: string, english: string) => (language === 'ru' ? russian : english)
    await as(page, language, theme)
    await stage.answers({ ...READY, 'POST /identity-provider/check': FOUND })
    await page.goto('/settings')
    await settle(page)
    const card = page.getByRole('region', { name: say('Вход через организацию', 'Sign in with the organisation') })
    await expect(card).toContainText('vektor.ru')
    await expect(card).toContainText(say('(ещё не подтверждён)', '(not confirmed yet)'))
    await card.scrollIntoViewIfNeeded()
    await page.screenshot({ path: `e2e/out/shots/${language}-${theme}-organisation.png` })
    await card.getByRole('button', { name: say('Изменить', 'Change') }).click()
    const dialog = page.getByRole('dialog')
    const save = dialog.getByRole('button', { name: say('Сохранить', 'Save') })
    await expect(save).toBeEnabled()
    await expect(dialog.getByLabel(say('Адрес возврата', 'Redirect URI')).first()).toHaveValue(/^http:\/\/.*\/api\/v1\/session\/organisation\/callback$/)
    // Another address has to answer before it is kept.
    await dialog.getByLabel(say('Адрес провайдера (issuer)', 'Address of the provider (issuer)')).fill(PROVIDER.replace('main', 'new'))
    await expect(save).toBeDisabled()
    await dialog.getByRole('button', { name: say('Проверить', 'Check') }).click()
    await expect(dialog.getByRole('status')).toContainText('RS256')
    await dialog.getByLabel(say('Почтовые домены', 'Domains of e-mail')).fill('Vektor.example, @vektor.ru')
    await page.screenshot({ path: `e2e/out/shots/${language}-${theme}-organisation-dialog.png` })
    expect(await violations(page)).toEqual([])
    await save.click()
    await expect(dialog).toHaveCount(0)
    expect(stage.sent).toContain(`POST /identity-provider/check {"issuer":"${PROVIDER.replace('main', 'new')}"}`)
    expect(stage.sent.at(-1)).toBe(
      `PUT /identity-provider {"issuer":"${PROVIDER.replace('main', 'new')}","client_id":"smartcpd","domains":["vektor.example","vektor.ru"],"role":"analyst","passwords":true,"second_factor":true}`,
    )
  })
}

test('a first provider wants all of it, and what is wrong stands at its field', async ({ stage }) => {
  const { page } = stage
  const { '/identity-provider': _, ...without } = READY
  await stage.answers({ ...without, 'POST /identity-provider/check': FOUND, 'PUT /identity-provider': null })
  await page.goto('/settings')
  await settle(page)
  const card = page.getByRole('region', { name: 'Вход через организацию' })
  await expect(card).toContainText('Пока не настроен')
  expect(await violations(page)).toEqual([])
  await card.getByRole('button', { name: 'Настроить' }).click()
  const dialog = page.getByRole('dialog')
  const save = dialog.getByRole('button', { name: 'Сохранить' })
  await dialog.getByLabel('Адрес провайдера (issuer)').fill(PROVIDER)
  await dialog.getByRole('button', { name: 'Проверить' }).click()
  await dialog.getByLabel('Идентификатор клиента').fill('smartcpd')
  await dialog.getByLabel('Почтовые домены').fill('vektor.example')
  await expect(save).toBeDisabled()
  await dialog.getByLabel('Секрет клиента').fill('a secret')
  await save.click()
  await expect(dialog.getByRole('alert').filter({ hasText: 'Проверьте введённое' })).toBeVisible()
  const asked = JSON.parse(stage.sent.at(-1)!.replace('PUT /identity-provider ', '')) as Record<string, unknown>
  expect(asked).toMatchObject({ client_secret: 'a secret', role: null, passwords: true, second_factor: false })
})

test('who may not change people sees the provider and no buttons; without a password there is none to change', async ({ stage }) => {
  const { page } = stage
  await stage.answers({ ...READY, '/me': { ...ME, password: false, role: 'support', permissions: ['users.read', 'config.read'] } })
  await page.goto('/settings')
  await settle(page)
  const card = page.getByRole('region', { name: 'Вход через организацию' })
  await expect(card).toContainText(PROVIDER)
  await expect(card.getByRole('button')).toHaveCount(0)
  await expect(page.getByRole('region', { name: 'Пароль' })).toHaveCount(0)
})

test('the operator sets up the service’s own provider without naming a customer', async ({ stage }) => {
  const { page } = stage
  await stage.answers({ ...READY, '/me': { ...ME, role: 'operator', of_service: true, tenant: null } })
  await page.goto('/settings')
  await settle(page)
  const card = page.getByRole('region', { name: 'Вход через организацию' })
  const asked = page.waitForRequest((request) => request.url().endsWith('/identity-provider') && request.headers()['smartcpd-tenant'] === '')
  await card.getByRole('combobox', { name: 'Для кого' }).press('ArrowDown')
  await page.getByRole('option', { name: 'Для сотрудников сервиса' }).click()
  await asked
})

test('the secret of the second factor is shown as a picture and as text', async ({ stage }) => {
  const { page } = stage
  const uri = 'otpauth://totp/SmartCPD:anna%40vektor.example?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=SmartCPD'
  await stage.answers({ ...READY, 'POST /me/totp': { secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', uri } })
  await page.goto('/settings')
  await settle(page)
  const card = page.getByRole('region', { name: 'Второй фактор' })
  await card.getByLabel('Нынешний пароль').fill('a long password')
  await card.getByRole('button', { name: 'Включить' }).click()
  const picture = card.getByRole('img', { name: /QR-код с секретом/ })
  await expect(picture).toBeVisible()
  // Finder patterns: three corners begin with seven dark modules behind the quiet zone.
  const path = await picture.locator('path').getAttribute('d')
  for (let x = 4; x < 11; x++) expect(path).toContain(`M${x} 4h1v1h-1z`)
  expect(path).not.toContain('M11 4h')
  await expect(card.getByRole('textbox', { name: 'Секрет' })).toHaveValue('JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP')
  await page.screenshot({ path: 'e2e/out/shots/ru-second-factor.png' })
  expect(await violations(page)).toEqual([])
})

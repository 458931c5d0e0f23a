// Login with an organisation, on the real server and with a provider on another site: the browser's own rules about cookies
// decide whether somebody arrives.

import { expect, test } from '@playwright/test'
import { CLIENT, startIdentity } from './identity'
import { start } from './server'

test('a customer’s provider is set up, and somebody logs in by it for the first time', async ({ browser }) => {
  test.setTimeout(180_000)
  const identity = await startIdentity()
  const server = await start('[webhooks]\nprivate = true\n')
  try {
    const operator = await browser.newPage({ baseURL: server.url })
    await operator.goto('/')
    await operator.getByLabel('Одноразовый код').fill(server.code)
    await operator.getByLabel('Имя', { exact: true }).fill('Анна Лебедева')
    await operator.getByLabel('Эл. почта').fill('anna@service.example')
    await operator.getByLabel('Пароль').fill('correct horse battery')
    await operator.getByLabel('Компания').fill('ООО «Вектор»')
    await operator.getByRole('button', { name: 'Начать работу' }).click()
    await expect(operator.getByRole('heading', { name: 'Пробный вызов' })).toBeVisible()
    await operator.goto('/settings')
    await operator.getByRole('button', { name: 'Настроить' }).click()
    const dialog = operator.getByRole('dialog')
    await dialog.getByLabel('Адрес провайдера (issuer)').fill(`${identity.issuer}/nowhere`)
    await dialog.getByRole('button', { name: 'Проверить' }).click()
    await expect(dialog.getByText(/the provider cannot be used/).first()).toBeVisible()
    await dialog.getByLabel('Адрес провайдера (issuer)').fill(identity.issuer)
    await dialog.getByRole('button', { name: 'Проверить' }).click()
    await expect(dialog.getByRole('status')).toContainText('RS256')
    await dialog.getByLabel('Идентификатор клиента').fill(CLIENT.id)
    await dialog.getByLabel('Секрет клиента').fill(CLIENT.secret)
    await dialog.getByLabel('Почтовые домены').fill('vektor.example')
    await dialog.getByRole('combobox', { name: 'Кто пришёл впервые' }).press('ArrowDown')
    await operator.getByRole('option', { name: 'Аналитик' }).click()
    await dialog.getByRole('button', { name: 'Сохранить' }).click()
    await expect(operator.getByRole('region', { name: 'Вход через организацию' })).toContainText(identity.issuer)

    const page = await (await browser.newContext({ baseURL: server.url, locale: 'ru-RU' })).newPage()
    await page.goto('/calls?period=week')
    await page.getByLabel('Эл. почта').fill('olga@vektor.example')
    await page.getByRole('button', { name: 'Войти через организацию' }).click()
    await expect(page).toHaveURL(new RegExp(`^${identity.issuer}/authorize`))
    await page.getByRole('link', { name: 'Deny' }).click()
    await expect(page.getByRole('alert')).toContainText('Сервер вашей организации отказал')
    await page.getByLabel('Эл. почта').fill('olga@vektor.example')
    await page.getByRole('button', { name: 'Войти через организацию' }).click()
    await page.getByRole('link', { name: 'Allow' }).click()
    // Straight to a page of ours, logged in, and so after a reload.
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await expect(page).not.toHaveURL(/login/)
    await expect(page.getByRole('navigation').first()).toContainText('Ольга Новикова')
    await page.reload()
    await expect(page.getByRole('navigation').first()).toContainText('Ольга Новикова')

    // The link back is nothing for another browser, and nothing twice.
    const again = await (await browser.newContext({ baseURL: server.url, locale: 'ru-RU' })).newPage()
    await again.goto('/calls?period=week')
    await again.getByLabel('Эл. почта').fill('olga@vektor.example')
    await again.getByRole('button', { name: 'Войти через организацию' }).click()
    const link = (await again.getByRole('link', { name: 'Allow' }).getAttribute('href'))!
    const other = await (await browser.newContext({ baseURL: server.url, locale: 'ru-RU' })).newPage()
    await other.goto(link)
    await expect(other.getByRole('alert')).toContainText('Начните заново')
    await again.getByRole('link', { name: 'Allow' }).click()
    await expect(again).toHaveURL(/\/calls\?period=week$/)

    await operator.goto('/users')
    await expect(operator.getByRole('row').filter({ hasText: 'Ольга Новикова' })).toContainText('организация')
    await operator.goto('/audit')
    await expect(operator.getByRole('main')).toContainText('Отказ во входе')
  } finally {
    await server.stop()
    await identity.stop()
  }
})

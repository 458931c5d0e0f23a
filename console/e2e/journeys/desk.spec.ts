// A customer asks for help with a screenshot, and the desk solves it, on the real server: each in a browser of their own.

import { expect, test } from '@playwright/test'
import { start } from './server'

/** A picture of one pixel. */
const PICTURE = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC', 'base64')
const PASSWORD = 'correct horse battery'

test('a request is sent with a picture, answered, solved and closed', async ({ browser }) => {
  test.setTimeout(120_000)
  const server = await start()
  try {
    const desk = await browser.newPage({ baseURL: server.url })
    await desk.goto('/')
    await desk.getByLabel('Одноразовый код').fill(server.code)
    await desk.getByLabel('Имя', { exact: true }).fill('Анна Лебедева')
    await desk.getByLabel('Эл. почта').fill('anna@service.example')
    await desk.getByLabel('Пароль').fill(PASSWORD)
    await desk.getByLabel('Компания').fill('ООО «Вектор»')
    await desk.getByRole('button', { name: 'Начать работу' }).click()
    await expect(desk.getByRole('heading', { name: 'Пробный вызов' })).toBeVisible()
    // Somebody of the customer.
    const session = { 'Smartcpd-Tenant': 'ooo-vektor', 'Sec-Fetch-Site': 'same-origin' }
    const made = await desk.request.post('/api/v1/users', {
      headers: session,
      data: { email: 'olga@vektor.example', name: 'Ольга Новикова', role: 'analyst', language: 'ru', password: PASSWORD },
    })
    expect(made.status(), await made.text()).toBe(201)

    const page = await (await browser.newContext({ baseURL: server.url, locale: 'ru-RU' })).newPage()
    await page.goto('/requests/new')
    await page.getByLabel('Эл. почта').fill('olga@vektor.example')
    await page.getByRole('textbox', { name: 'Пароль' }).fill(PASSWORD)
    await page.getByRole('button', { name: 'Войти', exact: true }).click()
    await expect(page).toHaveURL(/\/requests\/new/)
    await page.getByRole('textbox', { name: 'Тема' }).fill('Человек принят за автоответчик')
    await page.getByRole('radio', { name: /Инцидент.*у одного пользователя/ }).check()
    await page.getByLabel('Описание').fill('Звонок в 12:03')
    await page.locator('input[type=file]').setInputFiles({ name: 'screen.png', mimeType: 'image/png', buffer: PICTURE })
    await expect(page.getByRole('img', { name: 'screen.png' })).toBeVisible()
    await page.getByRole('button', { name: 'Отправить' }).click()
    await expect(page).toHaveURL(/\/requests\/[0-9a-f-]{36}$/)
    const main = page.getByRole('main')
    await expect(main).toContainText('Зарегистрирован')
    // The picture comes from the server, drawn anew.
    const shown = page.getByRole('img', { name: 'screen.png' })
    await expect(shown).toBeVisible()
    await expect.poll(() => shown.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1)

    await desk.goto('/requests')
    await desk.getByRole('link', { name: 'Человек принят за автоответчик' }).click()
    await desk.getByRole('button', { name: 'Взять' }).click()
    await expect(desk.getByRole('main')).toContainText('В работе')
    const composer = desk.getByRole('form', { name: 'Написать сообщение' })
    await composer.getByText('Внутренняя заметка', { exact: true }).click()
    await composer.getByRole('textbox').fill('Похоже на прошлую неделю')
    await composer.getByRole('button', { name: /заметк/i }).last().click()
    await expect(desk.getByRole('main')).toContainText('Похоже на прошлую неделю')
    await composer.getByText('Решение', { exact: true }).click()
    await composer.getByRole('textbox').fill('Порог исправлен')
    await composer.getByRole('button', { name: 'Предоставить решение' }).click()
    await expect(desk.getByRole('main')).toContainText('Решение предоставлено')

    await page.reload()
    await expect(main).toContainText('Решение предоставлено')
    await expect(main).toContainText('Порог исправлен')
    await expect(main).not.toContainText('Похоже на прошлую неделю')
    await page.getByRole('button', { name: 'Решено', exact: true }).click()
    await expect(main).toContainText('Закрыт')
  } finally {
    await server.stop()
  }
})

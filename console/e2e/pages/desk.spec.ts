// The desk: a customer's requests and their picture, the specialist's queue, conversation, telephone and mass incidents.

import { expect, type Page } from '@playwright/test'
import { ME, READY, SUPPORT } from './answers'
import { as, settle, test, violations } from './stage'

/** A customer's person: nothing of the desk is theirs. */
const CUSTOMER = { ...ME, permissions: ME.permissions.filter((one) => one !== 'desk.work' && one !== 'tenants.write') }
const OFFICE = { ...READY, '/me': { ...ME, id: 'u9', role: 'operator', of_service: true, tenant: null } }
/** A request as its customer sees it. */
const OWN = { ...SUPPORT, clocks: null, perhaps: null, customer: null, customer_name: null }
const SHOT = { id: 'f1', name: 'image.png', kind: 'image/png', size: 900, width: 400, height: 64 }

async function pastePicture(page: Page) {
  await page.getByLabel('Описание').evaluate((field) => {
    const data = new DataTransfer()
    data.items.add(new File([new Uint8Array([137, 80, 78, 71])], 'image.png', { type: 'image/png' }))
    field.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))
  })
}

test('the queue is filtered by its address, and tells what is late and unanswered in words', async ({ stage }) => {
  const { page } = stage
  await stage.answers(OFFICE)
  await page.goto('/requests')
  await settle(page)
  const row = (topic: string) => page.getByRole('row').filter({ hasText: topic })
  await expect(row('Не открывается страница вызовов')).toContainText('Просрочено')
  await expect(row('Не открывается страница вызовов')).toContainText('Массовый инцидент')
  await expect(row('Человек принят за автоответчик')).toContainText('Без ответа')
  await expect(row('Как выгрузить вызовы')).toContainText('Решение предоставлено')
  await expect(row('Как выгрузить вызовы')).toContainText('Нет действующего договора')
  const asked = page.waitForRequest((request) => request.url().includes('/requests?') && request.url().includes('assignee=none'))
  await page.getByRole('combobox', { name: 'Специалист' }).press('ArrowDown')
  await page.getByRole('option', { name: 'Ничьи' }).click()
  const request = await asked
  expect(request.url()).toContain('state=open')
  // The desk asks for all customers, whichever is chosen beside.
  expect(request.headers()['smartcpd-tenant']).toBe('')
  await expect(page).toHaveURL(/assignee=none/)
})

test('a customer sees no filters and no ways of the desk', async ({ stage }) => {
  const { page } = stage
  await stage.answers({ ...READY, '/me': CUSTOMER })
  await page.goto('/requests')
  await settle(page)
  await expect(page.getByRole('combobox', { name: 'Специалист' })).toHaveCount(0)
  await expect(page.getByRole('columnheader', { name: 'Срок' })).toHaveCount(0)
  await expect(page.getByRole('link', { name: 'Приём по телефону' })).toHaveCount(0)
  await expect(page.getByRole('link', { name: 'Новая заявка' })).toBeVisible()
  expect(await violations(page)).toEqual([])
})

for (const [language, theme] of [['ru', 'light'], ['en', 'dark']] as const) {
  test(`the form of a new request in ${language}, ${theme}`, async ({ stage }) => {
    const { page } = stage
    await as(page, language, theme)
    await stage.answers({ ...READY, '/me': CUSTOMER })
    await page.goto('/requests/new')
    await settle(page)
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(language === 'ru' ? 'Новая заявка' : 'New request')
    await page.screenshot({ path: `e2e/out/shots/${language}-${theme}-requests-new.png`, fullPage: true })
    expect(await violations(page)).toEqual([])
  })
}

test('a call’s verdict is reported with a pasted picture', async ({ stage }) => {
  const { page } = stage
  await stage.answers({ ...READY, '/me': CUSTOMER, 'POST /desk/files': SHOT, 'POST /requests': { ...OWN, state: 'registered' } })
  await page.goto('/calls/c0')
  await settle(page)
  await page.getByRole('link', { name: /Вердикт неверен/ }).click()
  await expect(page).toHaveURL(/\/requests\/new\?call=c0$/)
  await expect(page.getByRole('textbox', { name: 'Тема' })).toHaveValue('Вердикт неверен')
  // Nothing is sent without its description.
  await page.getByRole('button', { name: 'Отправить' }).click()
  await expect(page.getByText('Напишите что-нибудь')).toBeVisible()
  await page.getByRole('radio', { name: /Инцидент.*у одного пользователя/ }).check()
  await page.getByLabel('Описание').fill('Ответил человек')
  await pastePicture(page)
  await expect(page.getByRole('img', { name: 'image.png' })).toBeVisible()
  expect(stage.sent.at(-1)).toContain('POST /desk/files')
  expect(await violations(page)).toEqual([])
  await page.getByRole('button', { name: 'Отправить' }).click()
  await expect(page).toHaveURL(/\/requests\/r1$/)
  expect(stage.sent).toContain('POST /requests {"topic":"Вердикт неверен","text":"Ответил человек","kind":"incident","component":"hearing","files":["f1"],"call":"c0"}')
})

test('a picture that was added by mistake is taken out', async ({ stage }) => {
  const { page } = stage
  await stage.answers({ ...READY, '/me': CUSTOMER, 'POST /desk/files': SHOT })
  await page.goto('/requests/new')
  await page.locator('input[type=file]').setInputFiles({ name: 'image.png', mimeType: 'image/png', buffer: Buffer.from([137, 80]) })
  await page.getByRole('button', { name: 'Убрать image.png' }).click()
  await expect(page.getByRole('img', { name: 'image.png' })).toHaveCount(0)
})

test('a customer says that a solution is none', async ({ stage }) => {
  const { page } = stage
  const solved = { ...OWN, state: 'solution_provided', closes_ms: SUPPORT.changed_ms + 400_000_000, leads_to: ['closed', 'in_progress'] }
  await stage.answers({ ...READY, '/me': CUSTOMER, '/requests/r1': solved, 'POST /requests/r1/denial': OWN })
  await page.goto('/requests/r1')
  await settle(page)
  await expect(page.getByRole('button', { name: 'Решено', exact: true })).toBeVisible()
  await page.screenshot({ path: 'e2e/out/shots/ru-light-request-solved.png', fullPage: true })
  expect(await violations(page)).toEqual([])
  await page.getByRole('button', { name: 'Не решено' }).click()
  await expect(page.getByRole('button', { name: 'Не решено' })).toHaveCount(0)
  await expect(page.getByRole('main')).toContainText('В работе')
  expect(stage.sent).toContain('POST /requests/r1/denial')
  await expect(page.getByRole('region', { name: 'Работа' })).toHaveCount(0)
})

test('a specialist solves with a comment, and not without one', async ({ stage }) => {
  const { page } = stage
  const solved = { ...SUPPORT, state: 'solution_provided', leads_to: ['closed', 'in_progress'] }
  await stage.answers({ ...OFFICE, '/desk/texts': { items: [{ id: 'd9', kind: 'answer', language: 'ru', title: 'Порог', text: 'Порог исправлен.', published: false, changed_ms: 1, version: 1 }] }, 'POST /requests/r1/solution': solved })
  await page.goto('/requests/r1')
  await settle(page)
  const composer = page.getByRole('form', { name: 'Написать сообщение' })
  await composer.getByText('Решение', { exact: true }).click()
  await expect(composer).toContainText('Клиент увидит это как решение')
  await composer.getByRole('button', { name: 'Предоставить решение' }).click()
  await expect(composer).toContainText('Напишите комментарий: клиент прочтёт его как решение')
  expect(stage.sent.filter((one) => one.includes('/solution'))).toEqual([])
  await composer.getByRole('button', { name: 'Готовые ответы' }).click()
  await page.getByRole('option', { name: 'Порог' }).or(page.getByRole('listitem').filter({ hasText: 'Порог' })).first().click()
  await composer.getByRole('button', { name: 'Предоставить решение' }).click()
  await expect(page.getByRole('main')).toContainText('Решение предоставлено')
  expect(stage.sent).toContain('POST /requests/r1/solution {"text":"Порог исправлен.","files":[]}')
})

test('a note of the desk looks unlike a message, while it is written and after', async ({ stage }) => {
  const { page } = stage
  await stage.answers({ ...OFFICE, 'POST /requests/r1/messages': SUPPORT })
  await page.goto('/requests/r1')
  await settle(page)
  const note = page.getByRole('listitem').filter({ hasText: 'Похоже на случай прошлой недели' }).first()
  const message = page.getByRole('listitem').filter({ hasText: 'Спасибо, смотрим запись' }).first()
  await expect(note).toContainText('Внутреннее: клиент не видит')
  const look = (of: typeof note) => of.evaluate((one) => `${getComputedStyle(one).backgroundColor} ${getComputedStyle(one).borderTopStyle}`)
  expect(await look(note)).not.toBe(await look(message))
  const composer = page.getByRole('form', { name: 'Написать сообщение' })
  const before = await look(composer)
  await composer.getByText('Внутренняя заметка', { exact: true }).first().click()
  await expect(composer).toContainText('Клиент этого не увидит')
  expect(await look(composer)).not.toBe(before)
  await page.screenshot({ path: 'e2e/out/shots/ru-light-request-note.png', fullPage: true })
  expect(await violations(page)).toEqual([])
  await composer.getByRole('textbox').fill('Проверить запись')
  await composer.getByRole('button', { name: 'Сохранить заметку' }).click()
  await expect(composer.getByRole('textbox')).toHaveValue('')
  expect(stage.sent).toContain('POST /requests/r1/messages {"text":"Проверить запись","files":[],"internal":true}')
})

test('a request is taken, waits, and is merged by its number', async ({ stage }) => {
  const { page } = stage
  const waiting = { ...SUPPORT, state: 'waiting', leads_to: ['in_progress', 'solution_provided'] }
  await stage.answers({ ...OFFICE, 'PUT /requests/r1/assignee': SUPPORT, 'PUT /requests/r1/wait': waiting, 'DELETE /requests/r1/wait': SUPPORT, 'PUT /requests/r1/merger': { ...SUPPORT, state: 'merged', leads_to: [] } })
  await page.goto('/requests/r1')
  await settle(page)
  const work = page.getByRole('region', { name: 'Работа' })
  await work.getByRole('button', { name: 'Взять' }).click()
  await work.getByRole('button', { name: 'Ждать обновления' }).click()
  await work.getByRole('button', { name: 'Продолжить' }).click()
  await work.getByRole('button', { name: 'Объединить' }).click()
  await page.getByRole('dialog').getByLabel('Номер другой заявки').fill('1000443')
  await page.getByRole('dialog').getByRole('button', { name: 'Объединить' }).click()
  await expect(work.getByRole('button', { name: 'Отменить объединение' })).toBeVisible()
  expect(stage.sent).toEqual(['PUT /requests/r1/assignee {}', 'PUT /requests/r1/wait {"reason":"update"}', 'DELETE /requests/r1/wait', 'PUT /requests/r1/merger {"into":"1000443"}'])
})

test('a call by telephone becomes a request by keyboard alone', async ({ stage }) => {
  const { page } = stage
  const contact = { id: 'p7', name: 'Мария Орлова', customer: 't1', customer_name: 'Вектор', user: null, erased: false, addresses: [{ door: 'telephone', address: '79161234567', verified: false }] }
  await stage.answers({ ...OFFICE, '/desk/contacts': { items: [contact] }, 'POST /requests': { ...SUPPORT, state: 'registered' } })
  await page.goto('/intake')
  await settle(page)
  await expect(page.getByLabel('Кто звонит').last()).toBeFocused()
  await page.keyboard.type('916 123')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('radio', { name: /Мария Орлова.*Вектор/ })).toBeChecked()
  await expect(page.getByRole('textbox', { name: 'Тема' })).toBeFocused()
  await page.keyboard.type('Нет звука')
  await page.keyboard.press('Tab')
  await page.keyboard.type('Записи не играют')
  expect(await violations(page)).toEqual([])
  await page.keyboard.press('Control+Enter')
  await expect(page).toHaveURL(/\/requests\/r1$/)
  expect(stage.sent).toEqual(['POST /requests {"contact":"p7","topic":"Нет звука","text":"Записи не играют","kind":"incident","priority":"normal","component":"","files":[]}'])
})

test('who telephones for the first time is written down', async ({ stage }) => {
  const { page } = stage
  const made = { id: 'p8', name: 'Пётр', customer: 't1', customer_name: 'Вектор', user: null, erased: false, addresses: [] }
  await stage.answers({ ...OFFICE, '/desk/contacts': { items: [] }, 'POST /desk/contacts': made })
  await page.goto('/intake')
  await settle(page)
  await page.keyboard.type('+7 916 000')
  await page.keyboard.press('Enter')
  await expect(page.getByText('Никто не найден')).toBeVisible()
  await page.getByRole('button', { name: 'Добавить человека' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByLabel('Телефон')).toHaveValue('+7 916 000')
  await dialog.getByLabel('Имя').fill('Пётр')
  await dialog.getByRole('combobox', { name: 'Клиент' }).press('ArrowDown')
  await page.getByRole('option', { name: 'Вектор' }).click()
  await dialog.getByRole('button', { name: 'Сохранить' }).click()
  await expect(page.getByRole('radio', { name: /Пётр/ })).toBeChecked()
  expect(stage.sent).toEqual(['POST /desk/contacts {"name":"Пётр","customer":"t1","telephone":"+7 916 000"}'])
})

test('a mass incident is opened from what is suggested, and solved for all', async ({ stage }) => {
  const { page } = stage
  await stage.answers(OFFICE)
  await page.goto('/masses')
  await settle(page)
  await expect(page.getByRole('region', { name: 'Возможно, массовый инцидент' })).toContainText('«hearing»: 2 заявки')
  await page.getByRole('button', { name: 'Открыть по ним' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Что известно').fill('Смотрим')
  await dialog.getByRole('button', { name: 'Открыть', exact: true }).click()
  await expect(dialog).toHaveCount(0)
  await page.getByRole('button', { name: 'Решить' }).click()
  await expect(dialog.getByRole('button', { name: 'Решить' })).toBeDisabled()
  await dialog.getByLabel('Сообщение').fill('Исправлено')
  await dialog.getByRole('button', { name: 'Решить' }).click()
  await expect(dialog).toHaveCount(0)
  expect(stage.sent).toEqual(['POST /mass-incidents {"topic":"Сбой: hearing","component":"hearing","text":"Смотрим","requests":["r1","r5"]}', 'POST /mass-incidents/m1/solution {"text":"Исправлено"}'])
})

for (const [language, theme] of [['ru', 'light'], ['en', 'dark']] as const) {
  test(`a contract is read and added in ${language}, ${theme}`, async ({ stage }) => {
    const { page } = stage
    const say = (russian: string, english: string) => (language === 'ru' ? russian : english)
    await as(page, language, theme)
    await stage.answers(OFFICE)
    await page.goto('/customers')
    await settle(page)
    await page.getByRole('button', { name: say('Договоры: Вектор', 'Contracts of Вектор') }).click()
    const dialog = page.getByRole('dialog')
    await expect(dialog).toContainText('12/26')
    await expect(dialog).toContainText(say('первый ответ 1 ч, решение 8 ч', 'first answer 1 h, solution 8 h'))
    await page.screenshot({ path: `e2e/out/shots/${language}-${theme}-contracts.png` })
    expect(await violations(page)).toEqual([])
    await dialog.getByRole('button', { name: say('Добавить договор', 'Add a contract') }).click()
    await dialog.getByLabel(say('Номер договора', 'Number of the contract')).fill('13/26')
    await page.screenshot({ path: `e2e/out/shots/${language}-${theme}-contract-add.png` })
    expect(await violations(page)).toEqual([])
    await dialog.getByRole('button', { name: say('Сохранить', 'Save') }).click()
    await expect(dialog).toContainText('12/26')
    const sent = JSON.parse(stage.sent.at(-1)!.replace('POST /tenants/t1/contracts ', '')) as Record<string, unknown>
    expect(sent).toMatchObject({ number: '13/26', until_ms: null, terms: { promises: [{ first_min: 60, solution_min: 480 }], sees: 'nobody' } })
  })
}

test('an answer is kept for later', async ({ stage }) => {
  const { page } = stage
  await stage.answers(OFFICE)
  await page.goto('/texts')
  await settle(page)
  await page.getByRole('button', { name: 'Добавить ответ' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Заголовок').fill('Порог')
  await dialog.getByLabel('Текст').fill('Порог исправлен.')
  await dialog.getByRole('button', { name: 'Сохранить' }).click()
  await expect(dialog).toHaveCount(0)
  expect(stage.sent).toEqual(['POST /desk/texts {"title":"Порог","text":"Порог исправлен.","language":"ru","published":false,"kind":"answer"}'])
})

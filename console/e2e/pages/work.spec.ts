// What people do on the pages, on answers that the test gives: the keyboard, filters in the address, live rows, the time
// axis, the matrix of a policy.

import { expect } from '@playwright/test'
import { call, HEARING, ME, NOW, READY } from './answers'
import { settle, test, violations } from './stage'

test('calls are walked over by keyboard and opened by Enter', async ({ stage }) => {
  const { page } = stage
  await page.goto('/calls')
  await settle(page)
  await page.getByRole('region', { name: 'Список вызовов' }).focus()
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  await page.keyboard.press('k')
  await expect(page.locator('tr.chosen')).toContainText('+79161242486')
  for (let at = 0; at < 60; at++) await page.keyboard.press('j')
  await expect(page.locator('tr.chosen')).toBeInViewport()
  await page.keyboard.press('Home')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/calls\/c0$/)
})

test('of ten thousand calls only rows in sight are in the document', async ({ stage }) => {
  const { page } = stage
  await stage.answers({ ...READY, '/calls': { items: Array.from({ length: 10_000 }, (_, at) => call(at)), next: null } })
  await page.goto('/calls')
  await settle(page)
  expect(await page.locator('tr.row').count()).toBeLessThan(60)
  await page.getByRole('region', { name: 'Список вызовов' }).evaluate((box) => (box.scrollTop = 200_000))
  await expect(page.locator('tr.row[aria-rowindex="5002"]')).toBeVisible()
})

test('a filter stands in the address and can be gone back from', async ({ stage }) => {
  const { page } = stage
  await page.goto('/calls')
  await settle(page)
  await page.getByRole('textbox', { name: 'Кому' }).fill('*4512')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/callee=\*4512|callee=%2A4512/)
  await page.getByRole('combobox', { name: 'Вердикт' }).click()
  await page.getByText('Машина', { exact: true }).click()
  await expect(page).toHaveURL(/class=answer\.machine/)
  await page.keyboard.press('Escape')
  const asked = page.waitForRequest((request) => request.url().includes('/api/v1/calls?') && request.url().includes('confidence_below=0.7'))
  await page.getByRole('button', { name: 'Виды' }).click()
  await page.getByText('Сомнительные').click()
  await asked
  await expect(page).toHaveURL(/\?below=0\.7$/)
  // An open menu would take the way back for itself.
  await expect(page.locator('.v-overlay--active')).toHaveCount(0)
  await page.goBack()
  await expect(page).toHaveURL(/class=answer\.machine/)
})

test('new calls wait behind a button, and nothing moves under the cursor', async ({ stage }) => {
  const { page } = stage
  await page.goto('/calls')
  await settle(page)
  const first = page.locator('tr.row').first()
  await expect(first).toContainText('Недоступен')
  stage.tell({ kind: 'call.told', data: { name: '1000', class: 'answer.screening', confidence: 0.9 } })
  await expect(first).toContainText('Проверка вызова')
  for (const name of ['n1', 'n2', 'n2']) stage.tell({ kind: 'call.ended', data: { ...call(0), id: name, name, began_ms: NOW - 10 } })
  await expect(first).toContainText('+79161234567')
  await stage.answers({ ...READY, '/calls': { items: [{ ...call(3), id: 'n1' }, call(0)], next: null } })
  await page.getByRole('button', { name: '2 новых вызова' }).click()
  await expect(page.locator('tr.row')).toHaveCount(2)
})

test('columns are chosen and kept', async ({ stage }) => {
  const { page } = stage
  await page.goto('/calls')
  await settle(page)
  await page.getByRole('button', { name: 'Столбцы' }).click()
  await page.getByLabel('Узел').check()
  await page.keyboard.press('Escape')
  await page.reload()
  await expect(page.getByRole('columnheader', { name: 'Узел' })).toBeVisible()
})

test('the time axis: a link to a time, zoom, a part, its cut as a prompt', async ({ stage }) => {
  const { page } = stage
  await page.goto('/calls/c0?t=6.5')
  await settle(page)
  const axis = page.getByRole('slider', { name: 'Место в вызове' })
  await expect(axis).toHaveAttribute('aria-valuetext', '0:06.50')
  await axis.focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Shift+ArrowLeft')
  await expect(axis).toHaveAttribute('aria-valuetext', '0:05.60')
  await page.getByRole('button', { name: 'Ближе' }).click()
  const box = (await axis.boundingBox())!
  await page.mouse.move(box.x + 300, box.y + 250)
  await page.mouse.down()
  await page.mouse.move(box.x + 620, box.y + 250, { steps: 4 })
  await page.mouse.up()
  await page.screenshot({ path: 'e2e/out/shots/ru-call-part.png', fullPage: true })
  await page.getByRole('button', { name: 'Вырезать как эталон' }).click()
  const dialog = page.getByRole('dialog', { name: 'Вырезать как эталон' })
  await dialog.getByLabel('Название').fill('Выключен, мужской')
  await dialog.getByLabel('Оператор').fill('Альфа')
  expect(await violations(page)).toEqual([])
  await dialog.getByRole('button', { name: 'Добавить' }).click()
  await expect(dialog).toBeHidden()
  const sent = stage.sent.find((line) => line.startsWith('POST /prompts'))!
  const body = JSON.parse(sent.slice('POST /prompts '.length))
  expect(body).toMatchObject({ call: 'c0', name: 'Выключен, мужской', category: 'unavailable' })
  expect(body.to_ms - body.from_ms).toBeGreaterThan(1000)
})

test('a verdict is called wrong, with what it was', async ({ stage }) => {
  const { page } = stage
  await page.goto('/calls/c0')
  await settle(page)
  await page.getByRole('button', { name: 'Неверный' }).click()
  await page.getByRole('combobox', { name: 'Что было на самом деле' }).click()
  await page.getByRole('option', { name: 'Абонент занят' }).click()
  await page.getByRole('region', { name: 'Вердикт верный?' }).getByRole('button', { name: 'Сохранить' }).click()
  await expect.poll(() => stage.sent).toContain('PUT /calls/c0/label {"right":false,"truth":"announcement.busy","note":""}')
})

test('the matrix of a policy: a group decides until a class has its own', async ({ stage }) => {
  const { page } = stage
  await page.goto('/policies/outbound')
  await settle(page)
  const matrix = page.getByRole('region', { name: 'Действия по вердиктам' })
  const busy = matrix.getByRole('radio', { name: 'Абонент занят, До ответа: Отклонить' })
  await expect(busy).toBeChecked()
  await matrix.getByRole('radio', { name: 'Сообщение: все, До ответа: Сообщить' }).check()
  await expect(matrix.getByRole('radio', { name: 'Абонент занят, До ответа: Сообщить' })).toBeChecked()
  await busy.check()
  await expect(matrix.getByRole('radio', { name: /^Человек, После ответа: (Отклонить|Разъединить)/ })).toHaveCount(0)
  await page.screenshot({ path: 'e2e/out/shots/ru-matrix.png', fullPage: true })
  await page.getByRole('button', { name: 'Сохранить' }).click()
  await expect.poll(() => stage.sent.some((line) => line.startsWith('PUT /config/policies/outbound'))).toBe(true)
  const body = JSON.parse(stage.sent.find((line) => line.startsWith('PUT '))!.slice('PUT /config/policies/outbound '.length)).body
  expect(body.early).toEqual({ 'announcement.*': 'report', 'announcement.network': 'pass', 'tone.busy': 'reject', 'announcement.busy': 'reject' })
})

test('what if is asked by those who may listen to recordings', async ({ stage }) => {
  const { page } = stage
  await page.goto('/policies/outbound')
  await settle(page)
  await expect(page.getByRole('button', { name: 'Что, если' })).toBeVisible()
  await stage.answers({ ...READY, '/me': { ...ME, role: 'read_only', permissions: ['calls.read', 'config.read', 'prompts.read'] } })
  await page.goto('/policies/outbound')
  await settle(page)
  await expect(page.getByRole('button', { name: 'Что, если' })).toHaveCount(0)
})

test('a recording is sent as a form, and heard', async ({ stage }) => {
  const { page } = stage
  await stage.answers({ ...READY, 'POST /analyses': HEARING })
  await page.goto('/jobs')
  await settle(page)
  await page.getByRole('button', { name: 'Разобрать запись' }).click()
  await page.getByLabel('Звуковой файл', { exact: true }).setInputFiles({ name: 'call.wav', mimeType: 'audio/wav', buffer: Buffer.from('RIFF') })
  await page.getByRole('button', { name: 'Разобрать', exact: true }).click()
  await expect(page.getByRole('status', { name: 'Результат' })).toBeVisible()
  expect(stage.sent.find((line) => line.startsWith('POST /analyses'))).toMatch(/name="file"; filename="call.wav"/)
})

test('a tone plan of one’s own: copied from a country, changed, and kept', async ({ stage }) => {
  const { page } = stage
  await page.goto('/profiles')
  await page.getByRole('link', { name: 'Тональные планы' }).click()
  await page.getByRole('link', { name: 'office' }).click()
  await settle(page)
  const tones = page.getByRole('region', { name: 'Сигналы' })
  const busy = tones.getByRole('group', { name: 'Занято' })
  await expect(busy.getByLabel('Посылка, мс')).toHaveValue('700')
  await expect(tones.getByRole('group', { name: 'Гудки' }).getByLabel('Гц, одна или две').first()).toHaveValue('400, 450')
  await tones.getByRole('combobox', { name: 'Скопировать из страны' }).fill('Russia')
  await page.getByRole('option', { name: 'ru · Russia' }).click()
  await expect(busy.getByLabel('Посылка, мс')).toHaveValue('350')
  await busy.getByLabel('Посылка, мс').fill('320')
  await busy.getByLabel('Гц, одна или две').fill('430')
  await busy.getByLabel('Гц, одна или две').press('Tab')
  await stage.answers({ ...READY, 'PUT /config/tone-plans/office': READY['/config/tone-plans/office'] })
  await page.getByRole('button', { name: 'Сохранить' }).click()
  await expect(page.getByText('Ещё не сохранено')).toHaveCount(0)
  const put = stage.sent.find((one) => one.startsWith('PUT /config/tone-plans/office'))!
  const { body } = JSON.parse(put.slice(put.indexOf('{')))
  expect(body).toMatchObject({ name: 'АТС офиса', busy: [{ hz: [430], ms: 320 }, { ms: 350 }], congestion: [{ hz: [425], ms: 175 }, { ms: 175 }] })
  expect(await violations(page)).toEqual([])
})

test('a profile chooses among countries and tone plans of one’s own', async ({ stage }) => {
  const { page } = stage
  await page.goto('/profiles/careful')
  await settle(page)
  const countries = page.getByRole('combobox', { name: 'Чьи сигналы ожидаются' })
  await countries.fill('offi')
  await page.getByRole('option', { name: 'office' }).click()
  await page.keyboard.press('Escape')
  await stage.answers({ ...READY, 'PUT /config/profiles/careful': READY['/config/profiles/careful'] })
  await page.getByRole('button', { name: 'Сохранить' }).click()
  await expect.poll(() => stage.sent.at(-1)).toContain('"countries":["ru","kz","office"]')
})

test('what is unsaved is not lost by a click', async ({ stage }) => {
  const { page } = stage
  await page.goto('/trunks/dialers/vici')
  await settle(page)
  await page.getByLabel('Вызовов одновременно').fill('50')
  await page.getByRole('link', { name: 'Вызовы' }).click()
  await page.getByRole('button', { name: 'Отмена' }).click()
  await expect(page).toHaveURL(/dialers\/vici$/)
  await page.getByRole('button', { name: 'Вернуть как было' }).click()
  await page.getByRole('link', { name: 'Вызовы' }).click()
  await expect(page).toHaveURL(/\/calls$/)
})

test('what the server finds wrong stands at its field', async ({ stage }) => {
  const { page } = stage
  await stage.answers({ ...READY, 'PUT /config/dialers/vici': null })
  await page.goto('/trunks/dialers/vici')
  await settle(page)
  await page.getByLabel('Вызовов одновременно').fill('-5')
  await page.getByRole('button', { name: 'Сохранить' }).click()
  await expect(page.getByRole('alert').filter({ hasText: 'Проверьте введённое' })).toBeVisible()
  await expect(page.getByText('write 1 to 100000').first()).toBeVisible()
  expect(await violations(page)).toEqual([])
})

test('a key is shown once', async ({ stage }) => {
  const { page } = stage
  await stage.answers({ ...READY, 'POST /keys': { key: 'scpd_secret', id: 'k2', name: 'x', prefix: 'scpd_s', scopes: [], created_ms: NOW, expires_ms: null, seen_ms: null, revoked_ms: null } })
  await page.goto('/keys')
  await settle(page)
  await page.getByRole('button', { name: 'Создать ключ' }).click()
  await page.getByLabel('Название').fill('Диалер')
  await page.getByRole('button', { name: 'Создать', exact: true }).click()
  await expect(page.getByLabel('Ключ', { exact: true })).toHaveValue('scpd_secret')
  expect(await violations(page)).toEqual([])
  await page.getByRole('button', { name: 'Ключ сохранён' }).click()
  await expect(page.getByText('scpd_secret')).toHaveCount(0)
})

test('staff choose whose calls they look at', async ({ stage }) => {
  const { page } = stage
  await stage.answers({ ...READY, '/me': { ...ME, role: 'operator', of_service: true, tenant: null } })
  const asked = page.waitForRequest((request) => request.url().includes('/api/v1/calls?') && request.headers()['smartcpd-tenant'] === 'gorizont')
  await page.goto('/calls')
  await settle(page)
  await page.getByRole('combobox', { name: 'Клиент' }).press('ArrowDown')
  await page.getByRole('option', { name: 'Горизонт' }).click()
  await asked
})

test('language and theme change at once', async ({ stage }) => {
  const { page } = stage
  await page.goto('/users')
  await settle(page)
  await page.getByRole('button', { name: /Учётная запись, язык и тема/ }).click()
  await page.getByRole('button', { name: 'English' }).click()
  await page.getByRole('button', { name: 'Dark' }).click()
  await expect(page.getByRole('heading', { name: 'Users' })).toBeVisible()
  await expect(page.locator('.v-application')).toHaveClass(/v-theme--dark/)
  expect(await violations(page)).toEqual([])
})

import { expect, test } from 'vitest'
import { backoff } from './backoff'
import { Feed } from './feed'

/** A network of sockets that the test moves. */
function pretended() {
  const sockets: { url: string; socket: WebSocket }[] = []
  const waits: { ms: number; run: () => void }[] = []
  const seen: string[] = []
  const feed = new Feed(
    (after) => (after === null ? '/live' : `/live?after=${after}`),
    (event) => seen.push(`${event.seq} ${event.kind}`),
    (state) => seen.push(state),
    {
      connect(url) {
        const socket = { close() {} } as WebSocket
        sockets.push({ url, socket })
        return socket
      },
      later(ms, run) {
        waits.push({ ms, run })
        return () => waits.pop()
      },
      chance: () => 0,
    },
  )
  return { feed, sockets, waits, seen }
}

test('after a loss it comes back and asks for what was missed', () => {
  const { feed, sockets, waits, seen } = pretended()
  feed.open()
  sockets[0]!.socket.onopen!({} as Event)
  sockets[0]!.socket.onmessage!({ data: '{"seq":7,"at_ms":0,"kind":"call.began","data":{}}' } as MessageEvent)
  sockets[0]!.socket.onclose!({} as CloseEvent)
  expect(seen).toEqual(['connecting', 'open', '7 call.began', 'away'])
  expect(waits.map((wait) => wait.ms)).toEqual([500])
  waits[0]!.run()
  expect(sockets.map((one) => one.url)).toEqual(['/live', '/live?after=7'])
})

test('failures one after the other wait longer', () => {
  const { feed, sockets, waits } = pretended()
  feed.open()
  for (let turn = 0; turn < 3; turn++) {
    sockets[turn]!.socket.onclose!({} as CloseEvent)
    waits[turn]!.run()
  }
  expect(waits.map((wait) => wait.ms)).toEqual([500, 1000, 2000])
  expect(backoff(50, 0)).toBe(30_000)
  expect(backoff(0, 1)).toBe(250)
})

test('closed on purpose, it stays closed', () => {
  const { feed, sockets, waits } = pretended()
  feed.open()
  feed.close()
  sockets[0]!.socket.onclose!({} as CloseEvent)
  expect(waits).toEqual([])
})

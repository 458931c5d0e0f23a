// A test call: begun, followed until it is over, and until its row can be opened.

import { onScopeDispose, ref, shallowRef } from 'vue'
import { answer, api } from '@/api/client'
import { asProblem, useAction } from '@/api/resource'
import type { Plays, TestCall } from '@/api/types'

/** How often it is asked for: what a call tells comes in tenths of seconds, and nobody reads faster. */
const EVERY_MS = 400
/** Answers that may be missed in a row: a network that stumbles does not end the call. */
const MISSED_MAX = 5
/** How often the row is looked for after the end: it is written within seconds. */
const LOOKS_MAX = 40

export function useTestCall() {
  const call = shallowRef<TestCall>()
  /** Its row is among the calls. */
  const kept = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  let turn = 0
  onScopeDispose(() => {
    turn++
    clearTimeout(timer)
  })

  const action = useAction(async (plays: Plays) => {
    const mine = ++turn
    clearTimeout(timer)
    call.value = undefined
    kept.value = false
    call.value = await answer(api.POST('/test-calls', { body: { plays } }))
    if (mine === turn) later(() => follow(mine))
  })

  function later(next: () => Promise<void>) {
    timer = setTimeout(() => void next(), EVERY_MS)
  }

  async function follow(mine: number, missed = 0): Promise<void> {
    try {
      const now = await answer(api.GET('/test-calls/{id}', { params: { path: { id: call.value!.id } } }))
      if (mine !== turn) return
      call.value = now
      if (now.state === 'over' && now.call) later(() => look(mine, now.call!, 0))
      else if (isUnderWay(now)) later(() => follow(mine))
    } catch (error) {
      if (mine !== turn) return
      if (missed < MISSED_MAX) later(() => follow(mine, missed + 1))
      else action.problem.value = asProblem(error)
    }
  }

  async function look(mine: number, id: string, looks: number): Promise<void> {
    const found = await answer(api.GET('/calls/{id}', { params: { path: { id } } })).then(
      () => true,
      () => false,
    )
    if (mine !== turn) return
    kept.value = found
    if (!found && looks < LOOKS_MAX) later(() => look(mine, id, looks + 1))
  }

  return { call, kept, begin: action.start, busy: action.busy, problem: action.problem }
}

export function isUnderWay(call: TestCall): boolean {
  return call.state !== 'over' && call.state !== 'failed'
}

// The recording in the ear. It is fetched when it is first played, through the client, as a blob: the customer's header
// has to come along, which an element's own request would not bring.

import { onScopeDispose, ref } from 'vue'
import { useAction } from '@/api/resource'

export function usePlayer(fetch: () => Promise<Blob>) {
  const playing = ref(false)
  /** Where the needle stands, milliseconds from the beginning of the recording. */
  const at = ref(0)
  const rate = ref(1)
  let audio: HTMLAudioElement | null = null
  let end: number | null = null
  let frame = 0

  const loading = useAction(async () => {
    audio = new Audio(URL.createObjectURL(await fetch()))
    audio.onended = stopped
    audio.onpause = stopped
    await new Promise((ready, failed) => {
      audio!.oncanplay = ready
      audio!.onerror = () => failed(new Error('audio'))
    })
    return audio
  })

  async function play(from = at.value, until: number | null = null) {
    if (!audio) await loading.start()
    if (!audio) return
    end = until
    audio.currentTime = Math.max(0, from) / 1000
    audio.playbackRate = rate.value
    await audio.play()
    playing.value = true
    follow()
  }

  function pause() {
    audio?.pause()
  }

  /** The needle may stand before the recording; it is played from its beginning then. */
  function seek(ms: number) {
    at.value = ms
    if (audio) audio.currentTime = Math.max(0, ms) / 1000
  }

  function speed(times: number) {
    rate.value = times
    if (audio) audio.playbackRate = times
  }

  function follow() {
    if (!audio || audio.paused) return
    at.value = audio.currentTime * 1000
    if (end !== null && at.value >= end) return audio.pause()
    frame = requestAnimationFrame(follow)
  }

  function stopped() {
    playing.value = false
    cancelAnimationFrame(frame)
  }

  onScopeDispose(() => {
    audio?.pause()
    if (audio) URL.revokeObjectURL(audio.src)
  })

  return { playing, at, rate, play, pause, seek, speed, busy: loading.busy, problem: loading.problem }
}

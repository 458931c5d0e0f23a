// Which rows of a long list are in sight: only those are in the document.

import { computed, onMounted, onScopeDispose, ref, type Ref } from 'vue'

/** Rows beyond the edges, so that fast scrolling does not show blanks. */
const SPARE = 12

export function inSight(top: number, height: number, row: number, rows: number): { first: number; last: number } {
  const first = Math.max(0, Math.floor(top / row) - SPARE)
  const last = Math.min(rows, Math.ceil((top + height) / row) + SPARE)
  return { first: Math.min(first, last), last }
}

export function useWindow(box: Ref<HTMLElement | undefined>, row: number, rows: () => number) {
  const top = ref(0)
  const height = ref(800)
  const look = () => {
    top.value = box.value?.scrollTop ?? 0
    height.value = box.value?.clientHeight || 800
  }
  let observer: ResizeObserver | undefined
  onMounted(() => {
    observer = new ResizeObserver(look)
    if (box.value) observer.observe(box.value)
  })
  onScopeDispose(() => observer?.disconnect())
  const sight = computed(() => inSight(top.value, height.value, row, rows()))

  /** Scrolls so far that a row is seen whole, below a head of one row. */
  function reveal(at: number) {
    const element = box.value
    if (!element) return
    if (at * row < element.scrollTop) element.scrollTop = at * row
    const below = (at + 2) * row - element.clientHeight
    if (below > element.scrollTop) element.scrollTop = below
  }
  return { sight, look, reveal }
}

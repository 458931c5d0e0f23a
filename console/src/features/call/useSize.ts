import { onMounted, onScopeDispose, ref, type Ref } from 'vue'

/** An element's width in CSS pixels, followed. */
export function useWidth(element: Ref<HTMLElement | undefined>): Ref<number> {
  const width = ref(0)
  let observer: ResizeObserver | undefined
  onMounted(() => {
    if (!element.value) return
    width.value = element.value.clientWidth
    observer = new ResizeObserver(() => (width.value = element.value?.clientWidth ?? 0))
    observer.observe(element.value)
  })
  onScopeDispose(() => observer?.disconnect())
  return width
}

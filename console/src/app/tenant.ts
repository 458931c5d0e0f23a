// Which customer service staff look at. A module of its own: the client needs it before anything else stands.

import { ref, watch } from 'vue'

const KEY = 'smartcpd.tenant'

/** The customer's slug; empty for those who see only their own. */
export const chosenTenant = ref(localStorage.getItem(KEY) ?? '')

watch(chosenTenant, (slug) => {
  if (slug) localStorage.setItem(KEY, slug)
  else localStorage.removeItem(KEY)
})

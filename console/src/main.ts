import '@fontsource-variable/inter/wght.css'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { makeRouter } from './app/router'
import { makeVuetify } from './app/theme'
import { language } from './app/preferences'
import { i18n, speak } from './i18n'
import './style.css'

await speak(language.value)
createApp(App).use(createPinia()).use(i18n).use(makeVuetify()).use(makeRouter()).mount('#app')

import '@fontsource-variable/inter/wght.css'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { makeRouter } from './app/router'
import { makeVuetify } from './app/theme'
import { i18n } from './i18n'
import './style.css'

createApp(App).use(createPinia()).use(i18n).use(makeVuetify()).use(makeRouter()).mount('#app')

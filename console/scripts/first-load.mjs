// Sums what a browser loads before the login page stands (scripts, styles, one language's words, and the type of both, compressed),
// and fails when it is too much.
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

/** Bytes: 350 kB load in about 3 s over a slow mobile line (1 Mbit/s). */
const LIMIT = 350_000

const manifest = JSON.parse(readFileSync('dist/.vite/manifest.json', 'utf8'))
const files = new Set()
function take(key) {
  const chunk = manifest[key]
  if (files.has(chunk.file)) return
  files.add(chunk.file)
  for (const sheet of chunk.css ?? []) files.add(sheet)
  for (const next of chunk.imports ?? []) take(next)
}
take('index.html')
take('src/features/login/LoginPage.vue')
// One language of the two: the longer.
take('src/i18n/ru.ts')

// Of the type's pieces a browser takes those whose letters it meets: Latin and Cyrillic.
for (const asset of Object.values(manifest)) {
  if (/inter-(latin|cyrillic)-wght-normal\.woff2$/.test(asset.src ?? '')) files.add(asset.file)
}

let sum = 0
for (const file of files) {
  const size = gzipSync(readFileSync(`dist/${file}`)).length
  sum += size
  console.log(`${(size / 1000).toFixed(1).padStart(8)} kB  ${file}`)
}
console.log(`${(sum / 1000).toFixed(1).padStart(8)} kB  first load, of ${LIMIT / 1000} kB`)
if (sum > LIMIT) {
  console.error('The first load is too large: load what is not needed at once by import().')
  process.exit(1)
}

// Writes src/api/schema.d.ts, the API's types, of the schema that the server's binary prints. With --check it writes nothing
// and fails where the file differs.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import openapiTS, { astToString } from 'openapi-typescript'
import ts from 'typescript'

const FILE = 'src/api/schema.d.ts'
const HEAD = '// Made by `make client` of the schema that `smartcpd openapi` prints. Do not edit.\n\n'

const binary = process.env.SMARTCPD_BIN ?? '../target/debug/smartcpd'
const schema = JSON.parse(execFileSync(binary, ['openapi'], { encoding: 'utf8', maxBuffer: 64 << 20 }))
const BLOB = ts.factory.createTypeReferenceNode('Blob')
const tree = await openapiTS(schema, {
  // A field that has a default may be left out of what is sent.
  defaultNonNullable: false,
  transform: (part) => (part.format === 'binary' ? BLOB : undefined),
})
const made = HEAD + astToString(tree)

if (!process.argv.includes('--check')) {
  writeFileSync(FILE, made)
} else if (readFileSync(FILE, 'utf8') !== made) {
  console.error(`console/${FILE} is not what ${binary} describes: the API changed. Run \`make client\`, and keep the file.`)
  process.exit(1)
}

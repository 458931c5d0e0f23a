// Makes src/api/schema.d.ts from the schema that the binary prints: `SMARTCPD_BIN=… npm run schema`.
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import openapiTS, { astToString } from 'openapi-typescript'

const binary = process.env.SMARTCPD_BIN ?? '../target/release/smartcpd'
const schema = JSON.parse(execFileSync(binary, ['openapi'], { encoding: 'utf8', maxBuffer: 64 << 20 }))
// Types are looked up by address, not by the operation's name.
for (const path of Object.values(schema.paths)) for (const operation of Object.values(path)) delete operation.operationId
const types = astToString(await openapiTS(schema))
writeFileSync('src/api/schema.d.ts', `// Made by \`npm run schema\` from \`smartcpd openapi\`. Not to be changed by hand.\n\n${types}`)

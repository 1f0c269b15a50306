import { readFileSync, writeFileSync } from 'node:fs'
import { keepSizes, sizeChecks, sizePage } from '../test/package/size'

// `npm run size`, on the built package: what each entry costs, and what each module behind `createClient` adds to it. Writes
// its tables into docs/performance.md, and what stands into test/package/size.json, from which the limits follow.

const page = 'docs/performance.md'
await sizeChecks()
const between = /(<!-- sizes -->)[\s\S]*(<!-- \/sizes -->)/
const tables = await sizePage()
writeFileSync(page, readFileSync(page, 'utf8').replace(between, `$1\n\n${tables}\n\n$2`))
await keepSizes()

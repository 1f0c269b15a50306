import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { keepSizes, sizeChecks, sizePage, sizeReport } from '../test/package/size'

// `npm run size`, on the built package: what a frame loads in each situation, what each entry costs, and what each module
// behind `createClient` adds. Writes its tables into docs/performance.md, and what stands into test/package/size.json, from
// which the limits follow. `npm run size -- --against main` writes nothing, and prints the difference to another commit.

const [option, revision] = process.argv.slice(2)
if (option === '--against' && revision !== undefined) {
  const other = execFileSync('git', ['show', `${revision}:test/package/size.json`], { encoding: 'utf8' })
  console.log(await sizeReport(JSON.parse(other)))
} else {
  const page = 'docs/performance.md'
  await sizeChecks()
  const between = /(<!-- sizes -->)[\s\S]*(<!-- \/sizes -->)/
  const tables = await sizePage()
  writeFileSync(page, readFileSync(page, 'utf8').replace(between, `$1\n\n${tables}\n\n$2`))
  await keepSizes()
}

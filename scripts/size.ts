import { moduleTable, sizeChecks } from '../test/package/size'

// `npm run size`, on the built package: what each entry costs, and what each module of the core adds to it.

const outcomes = await sizeChecks()
console.log(`\n${await moduleTable()}`)
process.exitCode = outcomes.every(({ result }) => result === 'passed') ? 0 : 1

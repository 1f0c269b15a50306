// Writes a script that takes from a page whatever one of the oldest browsers hasn't: each global, and each member of one.
// The functions of CSS that they lack get a name that no browser knows.

const { readdirSync, readFileSync, writeFileSync } = require('node:fs')
const { api, javascript } = require('@mdn/browser-compat-data')

const oldest = { safari: '16.0', chrome: '109', firefox: '115' }

const globals = { ...javascript.builtins, ...api }
const newer = Object.entries(globals).flatMap(([name, { __compat, ...members }]) =>
  isThere(__compat)
    ? Object.entries(members)
        .filter(isNewer)
        .map(([member]) => [name, plain(member)])
    : [[name]],
)
const wellKnown = [
  'Array.fromAsync',
  'Array.toSorted',
  'AbortSignal.any',
  'URL.canParse',
  'Set.union',
  'Promise.try',
]
const listed = newer.map((names) => names.join('.'))
const missing = wellKnown.filter((name) => !listed.includes(name))
if (missing.length > 0 || listed.length < 500)
  throw new Error(`${listed.length} are newer, without ${missing}`)

for (const file of readdirSync('dist')) {
  writeFileSync(
    `dist/${file}`,
    readFileSync(`dist/${file}`, 'utf8').replace(/\b(?:light-dark|color-mix)\(/g, 'unknown('),
  )
}
writeFileSync('dist/take-away.js', `(${takeAway})(${JSON.stringify(newer)})\n`)

function isNewer([, { __compat }]) {
  return !isThere(__compat)
}

/** Tells whether all of the oldest browsers have it. What nothing is known of stays. */
function isThere(compat) {
  if (compat === undefined) return true
  return Object.entries(oldest).every(([browser, version]) => {
    const statements = [compat.support[browser]].flat()
    return statements.some((statement) => hasIt(statement, version))
  })
}

function hasIt({ version_added: added, version_removed: removed, flags, prefix }, version) {
  if (flags !== undefined || prefix !== undefined || removed !== undefined || typeof added !== 'string')
    return false
  return added !== 'preview' && compare(added.replace('≤', ''), version) <= 0
}

function compare(one, other) {
  const [a, b] = [one, other].map((version) => version.split('.').map(Number))
  return a[0] - b[0] || (a[1] ?? 0) - (b[1] ?? 0)
}

/** Members of classes have names such as `canParse_static`, events such as `scrollend_event`. */
function plain(member) {
  return member.replace(/_static$/, '').replace(/^(.+)_event$/, 'on$1')
}

/** Runs in the page, before the package. */
function takeAway(names) {
  for (const [owner, member] of names) {
    const holder = member === undefined ? globalThis : globalThis[owner]
    if (holder === undefined || holder === null) continue
    const name = member ?? owner
    for (const place of [holder, holder.prototype]) {
      if (place && Object.getOwnPropertyDescriptor(place, name)?.configurable) delete place[name]
    }
    if (owner === 'Window' && Object.getOwnPropertyDescriptor(globalThis, name)?.configurable)
      delete globalThis[name]
  }
  for (const gone of [Array.fromAsync, AbortSignal.any, URL.canParse, Set.prototype.union, [].toSorted]) {
    if (gone !== undefined) throw new Error('It is still there')
  }
}

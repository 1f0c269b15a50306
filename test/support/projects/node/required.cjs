const { createClient } = require('powerup-oauth')
const { signInAndCall } = require('./small-page.cjs')

const { exports: entries } = require('powerup-oauth/package.json')
for (const [entry, target] of Object.entries(entries)) {
  if (typeof target === 'object' && entry !== './react') require(entry.replace('.', 'powerup-oauth'))
}

signInAndCall(createClient, globalThis).catch((error) => {
  console.error(error)
  process.exitCode = 1
})

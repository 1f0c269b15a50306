import { createClient } from 'powerup-oauth'
import entries from './node_modules/powerup-oauth/package.json' with { type: 'json' }
import { signInAndCall } from './small-page.cjs'

for (const [entry, target] of Object.entries(entries.exports)) {
  if (typeof target === 'object' && entry !== './react') await import(entry.replace('.', 'powerup-oauth'))
}

await signInAndCall(createClient, globalThis)

import { spawn } from 'node:child_process'
import { build } from 'esbuild'
import { createTour } from './tour.mjs'

await build({
  entryPoints: ['keeper-worker.mjs', 'trello-worker.mjs'],
  bundle: true,
  format: 'esm',
  outdir: 'built',
  outExtension: { '.js': '.mjs' },
})
const workerd = spawn('node_modules/.bin/workerd', ['serve', 'workerd.capnp', '--control-fd=3'], {
  stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
})
try {
  const keeper = `http://127.0.0.1:${await portOf(workerd)}`
  for (const name of Object.keys(createTour(keeper))) await take(keeper, name)
  await take(keeper, 'exchange')
  await take(keeper, 'refuseToken')
  // A refresh that one request has sent serves the others too.
  await Promise.all(Array.from({ length: 5 }, () => take(keeper, 'call')))
} finally {
  workerd.kill()
}

async function take(keeper, name) {
  const response = await fetch(`${keeper}/${name}`)
  if (!response.ok) throw new Error(`The step ${name} failed: ${await response.text()}`)
}

/** Reads the port from the line that workerd writes when it listens. */
function portOf(process) {
  return new Promise((resolve, reject) => {
    process.once('exit', () => reject(new Error('workerd ended')))
    process.stdio[3].on('data', (line) => {
      const { event, port } = JSON.parse(line)
      if (event === 'listen') resolve(port)
    })
  })
}

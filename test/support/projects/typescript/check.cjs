const { spawnSync } = require('node:child_process')
const { version } = require('typescript')

const old = version.startsWith('5') ? ['node'] : []
const modules = { bundler: 'esnext', node16: 'node16', nodenext: 'nodenext', node: 'esnext' }
for (const resolution of ['bundler', 'node16', 'nodenext', ...old]) {
  const settings = ['--module', modules[resolution], '--moduleResolution', resolution]
  const strictly = [
    '--strict',
    '--exactOptionalPropertyTypes',
    '--noEmit',
    '--target',
    'es2020',
    '--jsx',
    'react-jsx',
  ]
  const args = [
    'node_modules/.bin/tsc',
    ...settings,
    ...strictly,
    '--lib',
    'es2020,dom,dom.iterable',
    'main.ts',
  ]
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' })
  console.log(`${version} ${resolution}: ${status}`)
  if (status !== 0) process.exitCode = 1
}

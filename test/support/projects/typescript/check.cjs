const { spawn } = require('node:child_process')
const { version } = require('typescript')

const modules = { bundler: 'esnext', node16: 'node16', nodenext: 'nodenext' }
if (version.startsWith('5')) modules.node = 'esnext'

for (const [resolution, module] of Object.entries(modules)) {
  const settings = ['--module', module, '--moduleResolution', resolution]
  const strictly = [
    '--strict',
    '--exactOptionalPropertyTypes',
    '--declaration',
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
  spawn(process.execPath, args, { stdio: 'inherit' }).once('close', (status) => {
    console.log(`${version} ${resolution}: ${status}`)
    if (status !== 0) process.exitCode = 1
  })
}

// @vitest-environment node
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { optionsOf, readCommandLine } from '../../../../examples/local-trello/command-line'

function read(...args: string[]) {
  const words = readCommandLine(args)
  return typeof words === 'string' ? words : optionsOf(words, 'examples')
}

it('without words, the Power-Up is left to the command', () => {
  expect(read()).toEqual({ port: 8080 })
})

it('a folder is served as it is', () => {
  expect(read('power-up')).toEqual({
    port: 8080,
    packageDirectory: false,
    powerUpDirectory: resolve('examples/power-up'),
  })
  expect(read('--power-up', 'power-up')).toEqual(read('power-up'))
})

it('an address is that of the connector page', () => {
  expect(read('http://localhost:5173')).toMatchObject({ powerUpUrl: 'http://localhost:5173/' })
  expect(read('http://localhost:5173/app/', '--connector', '/connector.html')).toMatchObject({
    powerUpUrl: 'http://localhost:5173/connector.html',
  })
})

it('everything else has an option', () => {
  const words = ['--port', '0', '--name', 'Mine', '--callback', '/a.html', '--callback', '/b.html']
  expect(
    read('power-up', ...words, '--connector', '/board.html', '--data', 'local-trello/data/trello.json'),
  ).toMatchObject({
    port: 0,
    powerUpName: 'Mine',
    callbackPaths: ['/a.html', '/b.html'],
    connectorPath: '/board.html',
    dataFile: resolve('examples/local-trello/data/trello.json'),
  })
})

it.each([
  [['--port', 'x'], '--port takes a number'],
  [['--callback', 'callback.html'], 'as /callback.html'],
  [['--data', 'none.json'], 'There is no file'],
  [['nowhere'], 'is no folder'],
  [['local-trello'], 'has no index.html'],
  [['power-up', 'react'], 'One Power-Up at a time'],
  [['--colour'], 'colour'],
])('%j is refused in words', (args, words) => {
  expect(read(...args)).toContain(words)
})

it('the package has the versions of the repository', () => {
  const tool = JSON.parse(readFileSync('examples/local-trello/package.json', 'utf8'))
  const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
  for (const [name, version] of Object.entries(tool.dependencies)) expect(devDependencies[name]).toBe(version)
})

// @vitest-environment node
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { http, passthrough } from 'msw'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type LocalTrello, startLocalTrello } from '../../../../examples/local-trello/local-trello'
import { server } from '../../support/network'
import { ask } from './support/http'

const folder = mkdtempSync(join(tmpdir(), 'my power-up '))
let trello: LocalTrello

beforeAll(async () => {
  const page = '<!doctype html><p>a page</p>'
  const files = [
    'index.html',
    'old.htm',
    'CARD.HTML',
    'settings/index.html',
    'empty/a.css',
    'settings/über uns.html',
  ]
  for (const path of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), page)
  }
  trello = await startLocalTrello({ port: 0, quiet: true, powerUpDirectory: folder, packageDirectory: false })
})
afterAll(async () => {
  await trello.close()
  rmSync(folder, { recursive: true })
})
beforeEach(() => server.use(http.all('http://*', () => passthrough())))

const get = (path: string) => ask(trello, trello.origins.powerUp + path)

describe('the folder of a Power-Up', () => {
  it.each([
    '/',
    '/index.html',
    '/index',
    '/old.htm',
    '/CARD.HTML',
    '/settings/',
    '/settings/%C3%BCber%20uns.html',
  ])('has a page at %s, which finds the local Trello', async (path) => {
    const { status, headers, text } = await get(path)
    expect([status, headers['content-type']]).toEqual([200, 'text/html;charset=utf-8'])
    expect(text).toContain('/page-endpoints.js')
  })

  it('leads to the page of a folder that is named without its slash, as static hosts do', async () => {
    const { status, headers } = await get('/settings?card=1')
    expect([status, headers.location]).toEqual([301, '/settings/?card=1'])
  })

  it.each(['/empty', '/none', '/settings/none', '/..%2f', '/%00'])('has nothing at %s', async (path) => {
    expect((await get(path)).status).toBe(404)
  })
})

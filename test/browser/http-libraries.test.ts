import { build } from 'esbuild'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Frame } from './support/driver'
import { inEachEngine } from './support/engines'
import { openStage, type Stage, signIn } from './support/stage'

let stage: Stage
let libraries: string
beforeAll(async () => {
  stage = await openStage()
  libraries = await bundle()
})
afterAll(() => stage.close())

const names = [
  'axios, query',
  'axios, JSON body',
  'axios, an instance with defaults',
  'axios over fetch',
  'axios 0.21, query',
  'axios 0.21, JSON body',
  'jQuery, get',
  'jQuery, form',
  'Angular, params',
  'Angular, JSON body',
  'client.js, callbacks',
  'client.js, promise',
]

// What an engine makes of a request is in request-adapter.test.ts; how a library makes one is the same everywhere.
inEachEngine(
  'the requests of',
  (_engine, browser) => {
    let frame: Frame

    beforeAll(async () => {
      stage.trello.switches.reset()
      const scopes = ['read:board:trello', 'write:board:trello', 'read:member:trello']
      const { frames } = await stage.openBoard(browser(), { options: { scopes } })
      frame = frames[0] as Frame
      expect(await signIn(browser(), frame)).toBe('authorized')
      const origins = JSON.stringify([stage.trello.origins.api])
      await frame.evaluate(`import('/lib/compat.js').then(({ adaptRequests }) => {
        adaptRequests(client, { appKey: 'app-key-1', apiOrigins: ${origins} })
      })`)
      await frame.evaluate(`void (0, eval)(${JSON.stringify(libraries)})`)
    })

    beforeEach(() => stage.trello.log.clear())

    const call = (name: string) => {
      const request = { origin: stage.trello.origins.api, key: 'app-key-1', token: 'old-token' }
      return frame.evaluate(
        `libraries.calls[${JSON.stringify(name)}](${JSON.stringify(request)}).then((value) => value.id ?? value, libraries.statusOf)`,
      )
    }

    it('each library is tried here', async () => {
      expect(await frame.evaluate('Object.keys(libraries.calls)')).toEqual(names)
    })

    describe.each(names)('%s', (name) => {
      it('requests go out with a Bearer header, and with nothing of the old credentials', async () => {
        const isWrite = !/query|get|params|defaults|fetch|callbacks/.test(name)
        // The list does not exist: to get so far the token, the scopes and the body must have been right.
        expect(await call(name)).toBe(isWrite ? 404 : stage.trello.members[0].id)
        const [request] = stage.trello.log.apiRequests
        expect(request?.authorization).toBe(true)
        expect(request?.path).not.toMatch(/key|token/)
      })

      it('requests are sent again after a refresh, unseen', async () => {
        stage.trello.expireAccessTokens()
        const answer = await call(name)
        expect(answer).not.toBe(401)
        expect(stage.trello.log.tokenRequests).toHaveLength(1)
      })
    })

    it('requests end with the 401 that their users know, once the grant has ended', async () => {
      stage.trello.revokeGrants()
      for (const name of names.filter((each) => each !== 'client.js, callbacks'))
        expect(await call(name)).toBe(401)
      expect(await call('client.js, callbacks')).toBe('Error: the error callback')
      expect(await frame.evaluate('client.state.status')).toBe('tokenExpired')
    })
  },
  ['chromium'],
)

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: ['test/browser/support/http-libraries.ts'],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'libraries',
    minify: true,
    target: 'es2022',
  })
  // A strict function's `var` stays inside of an indirect eval.
  return `${outputFiles[0]?.text ?? ''}\nwindow.libraries = libraries`
}

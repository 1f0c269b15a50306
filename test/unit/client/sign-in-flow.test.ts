// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { readOptions } from '../../../src/client/options'
import { createPage } from '../../../src/client/page'
import { signInFlowOf } from '../../../src/client/sign-in-flow'
import type { TokenEndpoint } from '../../../src/token-endpoint/token-endpoint'
import { createBrowser } from '../support/browser'
import { options } from '../support/client'
import { createStorage } from '../support/key-value-store'
import { KEY } from '../support/store'
import { scriptedEndpoint } from '../support/token-endpoint'

function signInAt(tokenEndpoint: TokenEndpoint) {
  const { platform } = createBrowser().frame()
  const shared = createPage(platform, createStorage()).grant(KEY)
  const configuration = readOptions({ ...options, tokenEndpoint }, platform)
  const frame = { platform, store: shared.store }
  return signInFlowOf({ frame, configuration, shared, view: shared.store.view, emit: () => undefined })
}

describe('an endpoint that has to get ready', () => {
  it('is told when a sign-in is prepared, and when a click begins one', async () => {
    let times = 0
    const signIn = signInAt({ ...scriptedEndpoint(), prepare: () => times++ })
    await signIn.prepare()
    expect(times).toBe(1)
    signIn.authorize({ scopes: [], signal: undefined }).catch(() => undefined)
    expect(times).toBe(2)
  })

  it('may fail at it: whoever needs it hears of it', async () => {
    const prepare = () => {
      throw new Error('no')
    }
    const signIn = signInAt({ ...scriptedEndpoint(), prepare })
    await expect(signIn.prepare()).resolves.toBeUndefined()
  })
})

// @vitest-environment node
import { describe, expect, it } from 'vitest'
import {
  readCallbackMessage,
  readOpenerMessage,
  sealMessage,
  stateOfResponse,
} from '../../../src/sign-in/callback-message'

const long = 'x'.repeat(4_097)

describe('a message of the callback page', () => {
  it.each([
    { type: 'response', parameters: 'state=1&code=2' } as const,
    { type: 'ready' } as const,
    { type: 'kept', responses: [] } as const,
    { type: 'kept', responses: ['state=1&code=2', 'state=3&error=access_denied'] } as const,
  ])('arrives as it was sent: %o', (message) => {
    expect(readCallbackMessage(structuredClone(sealMessage(message)))).toEqual(message)
  })

  it('is understood by every 1.x: the form on the wire is fixed', () => {
    expect(sealMessage({ type: 'response', parameters: 'state=1' })).toEqual({
      powerUpOAuth: 1,
      type: 'response',
      parameters: 'state=1',
    })
    const fromLater = { powerUpOAuth: 1, type: 'ready', somethingNew: true }
    expect(readCallbackMessage(fromLater)).toEqual({ type: 'ready' })
  })

  it.each([
    undefined,
    null,
    'response',
    42,
    [],
    {},
    { type: 'ready' },
    { powerUpOAuth: 2, type: 'ready' },
    { powerUpOAuth: '1', type: 'ready' },
    { powerUpOAuth: 1 },
    { powerUpOAuth: 1, type: 'unknown' },
    { powerUpOAuth: 1, type: 'received', state: '1' },
    { powerUpOAuth: 1, type: 'response' },
    { powerUpOAuth: 1, type: 'response', parameters: 7 },
    { powerUpOAuth: 1, type: 'response', parameters: long },
    { powerUpOAuth: 1, type: 'kept' },
    { powerUpOAuth: 1, type: 'kept', responses: 'state=1' },
    { powerUpOAuth: 1, type: 'kept', responses: ['state=1', 7] },
    { powerUpOAuth: 1, type: 'kept', responses: [long] },
    { powerUpOAuth: 1, type: 'kept', responses: Array(9).fill('state=1') },
  ])('is no message: %o', (data) => {
    expect(readCallbackMessage(data)).toBeUndefined()
  })

  it('may be as long as an authorization response can be, and no longer', () => {
    const parameters = 'x'.repeat(4_000)
    expect(readCallbackMessage(sealMessage({ type: 'response', parameters }))).toBeDefined()
  })
})

describe('a message of the opener', () => {
  it.each([
    { type: 'received', state: 'state-1' } as const,
    { type: 'collect', states: ['state-1', 'state-2'] } as const,
  ])('arrives as it was sent: %o', (message) => {
    expect(readOpenerMessage(structuredClone(sealMessage(message)))).toEqual(message)
  })

  it.each([
    undefined,
    'collect',
    { type: 'received', state: 'state-1' },
    { powerUpOAuth: 2, type: 'received', state: 'state-1' },
    { powerUpOAuth: 1, type: 'ready' },
    { powerUpOAuth: 1, type: 'received' },
    { powerUpOAuth: 1, type: 'received', state: 1 },
    { powerUpOAuth: 1, type: 'collect' },
    { powerUpOAuth: 1, type: 'collect', states: [1] },
    { powerUpOAuth: 1, type: 'collect', states: Array(9).fill('s') },
  ])('is no message: %o', (data) => {
    expect(readOpenerMessage(data)).toBeUndefined()
  })
})

describe('stateOfResponse', () => {
  it('is what the response claims to answer', () => {
    expect(stateOfResponse('code=1&state=a%20b')).toBe('a b')
    expect(stateOfResponse('code=1')).toBeUndefined()
  })
})

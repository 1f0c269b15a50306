// @vitest-environment node
import { expect, it } from 'vitest'
import type { ApiRequest, TokenRequest } from '../../../../examples/local-trello/log'
import { apiRequestWords, tokenRequestWords } from '../../../../examples/local-trello/log-words'

const refresh: TokenRequest = {
  at: 0,
  encoding: 'json',
  grantType: 'refresh_token',
  clientId: 'id',
  origin: 'http://powerup.localhost',
  refreshTokenId: 'abc',
  refreshToken: 'secret',
  outcome: 'success',
  fault: 'ok',
  status: 200,
}
const call: ApiRequest = { at: 0, method: 'GET', path: '/1/members/me', status: 200, authorization: true }

it.each([
  [refresh, 'Token abc was refreshed: 200'],
  [{ ...refresh, grantType: 'authorization_code', origin: '' }, 'A code was exchanged, by a server: 200'],
  [{ ...refresh, outcome: 'invalid_grant', status: 400 }, 'Token abc was not refreshed: 400, invalid_grant'],
  [
    { ...refresh, outcome: 'notActed', status: 503, fault: '503html' },
    'Token abc was not refreshed: 503 (fault: 503html)',
  ],
  [{ ...refresh, status: 0, fault: 'answerLost' }, 'Token abc was refreshed: no answer (fault: answerLost)'],
  [{ ...refresh, fault: 'leeway' }, 'Token abc was refreshed: 200 (used before; answered again)'],
])('a token request is told in words: %#', (request, words) => {
  const [area, said, isBad] = tokenRequestWords(request)
  expect([area, said, isBad]).toEqual(['tokens', words, request.status !== 200])
})

it.each([
  [call, 'GET /1/members/me: 200', false],
  [{ ...call, status: 0 }, 'GET /1/members/me: no answer', true],
  [{ ...call, status: 401, refusal: 'invalid token' }, 'GET /1/members/me: 401, invalid token', true],
  [{ ...call, path: '/1/cards?key=k&token=secret' }, 'GET /1/cards?key=…&token=…: 200', false],
  [{ ...call, path: '/1/tokens/secret/webhooks?x=%C3%A4' }, 'GET /1/tokens/…/webhooks?x=ä: 200', false],
])('a call is told in words, without its secrets: %#', (request, words, isBad) => {
  expect(apiRequestWords(request)).toEqual(['api', words, isBad])
})

// @vitest-environment node
import { exportSPKI, generateKeyPair, SignJWT } from 'jose'
import { HttpResponse, http } from 'msw'
import { beforeEach, describe, expect, it } from 'vitest'
import { server } from '../support/network'
import { runSnippet } from './snippets'

interface Page {
  whoIsAsking(jwt: string, idPlugin: string): Promise<Record<string, unknown>>
}

const trello = await generateKeyPair('RS256')
const former = await generateKeyPair('RS256')
const stranger = await generateKeyPair('RS256')
const keys = [await exportSPKI(former.publicKey), await exportSPKI(trello.publicKey)]

beforeEach(() => {
  server.use(http.get('https://api.trello.com/1/resource/jwt-public-keys', () => HttpResponse.json({ keys })))
})

const { whoIsAsking } = await runSnippet<Page>('docs/backend.md', 'whoIsAsking')

describe('docs/backend.md: whoIsAsking', () => {
  it('gives the claims of what Trello has signed, also while it changes its key', async () => {
    expect(await whoIsAsking(await jwt(), 'plugin-1')).toMatchObject({ idMember: 'member-1' })
    expect(await whoIsAsking(await jwt({ key: former.privateKey }), 'plugin-1')).toMatchObject({
      iss: 'trello',
    })
  })

  it.each([
    ['signed by somebody else', { key: stranger.privateKey }],
    ['for another Power-Up', { idPlugin: 'plugin-2' }],
    ['of another issuer', { issuer: 'nobody' }],
    ['that is over', { expiresAt: '1 minute ago' }],
  ])('refuses one %s', async (_what, changes) => {
    await expect(whoIsAsking(await jwt(changes), 'plugin-1')).rejects.toThrow('no JWT of Trello')
  })
})

function jwt({
  key = trello.privateKey,
  idPlugin = 'plugin-1',
  issuer = 'trello',
  expiresAt = '15 minutes',
} = {}): Promise<string> {
  return new SignJWT({ idPlugin, idBoard: 'board-1', idMember: 'member-1' })
    .setProtectedHeader({ alg: 'RS256' })
    .setIssuer(issuer)
    .setIssuedAt()
    .setExpirationTime(expiresAt)
    .sign(key)
}

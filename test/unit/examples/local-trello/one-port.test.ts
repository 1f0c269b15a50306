// @vitest-environment node
import { createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { afterEach, describe, expect, it } from 'vitest'
import { openOnePort } from '../../../../examples/local-trello/one-port'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

/** A server at any free port of an address of this machine. */
async function serverAt(host: string): Promise<number> {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, host, resolve))
  ends.push(() => new Promise((resolve) => other.close(resolve)))
  const address = other.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function opened(port: number) {
  const taken: number[] = []
  const one = await openOnePort(port, (each) => taken.push(each))
  ends.push(one.close)
  return { port: one.port, taken }
}

const hasIpv6 = Object.values(networkInterfaces()).some((all) =>
  all?.some(({ address }) => address === '::1'),
)

describe('the port of the local Trello', () => {
  it('is any free one for 0', async () => {
    const { port, taken } = await opened(0)
    expect([port > 0, taken]).toEqual([true, []])
  })

  it('is a later one where a server has it', async () => {
    const port = await serverAt('127.0.0.1')
    const found = await opened(port)
    expect([found.taken[0], found.port > port]).toEqual([port, true])
  })

  it.runIf(hasIpv6)('is a later one where a server has it on ::1, which browsers ask first', async () => {
    const port = await serverAt('::1')
    const found = await opened(port)
    expect([found.taken[0], found.port > port]).toEqual([port, true])
  })
})

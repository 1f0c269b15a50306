import type { Browser as Puppet } from 'puppeteer-core'
import { CANNOT, CLIENTS } from './bundles'
import { BARE, type FrameBench } from './frames'
import { heapOfMany, heapWithGrant, heapWithoutGrant } from './memory'
import { inTurns, kilobytes, medians, table } from './tables'

export async function memoryTable(puppet: Puppet, bench: FrameBench, rounds: number): Promise<string> {
  const ways = ['bare', ...CLIENTS] as const
  const without = await inTurns(ways, rounds, (way) => heapWithoutGrant(puppet, bench, way))
  const held = ways.filter((way) => way === 'bare' || CANNOT[way]?.hold === undefined)
  const having = await inTurns(held, rounds, (way) => heapWithGrant(puppet, bench, way))
  return table(
    ['', 'the first, without a grant', 'the first, with a grant', 'each further of 100 alike'],
    ways.map((way) => {
      const { first = 0, further = 0 } = medians(without.get(way))
      if (way === 'bare') return [BARE, kilobytes(first), kilobytes(medians(having.get(way)).first ?? 0), '']
      const reason = CANNOT[way]?.hold
      const withOne = reason ?? kilobytes(medians(having.get(way)).first ?? 0)
      return [way, kilobytes(first), withOne, kilobytes(further)]
    }),
  )
}

export async function manyTable(puppet: Puppet, bench: FrameBench, rounds: number): Promise<string> {
  const ways = [false, true]
  const figures = await inTurns(ways, rounds, (own) => heapOfMany(puppet, bench, own))
  return table(
    ['', 'each further of 100', 'with one client', 'after 5,000 more, used once and let go of'],
    ways.map((own) => {
      const {
        further = 0,
        usOfOne = 0,
        ofOne = 0,
        usAfterMany = 0,
        afterMany = 0,
      } = medians(figures.get(own))
      return [
        own ? 'with an `onEvent` of their own' : 'with the same options',
        kilobytes(further),
        `${kilobytes(ofOne)}, ${usOfOne.toFixed(0)} µs`,
        `${kilobytes(afterMany)}, ${usAfterMany.toFixed(0)} µs`,
      ]
    }),
  )
}

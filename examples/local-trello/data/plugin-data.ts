import type { IdMaker } from './ids'

/** What Power-Ups keep at Trello with `t.set`: per scope, visibility and, where it is private, per member. */
export interface PluginData {
  get(place: Place): Record<string, unknown>
  /** Changes some entries; undefined takes one away. Throws where it is too much, or a secret for all to see. */
  set(place: Place, entries: Record<string, unknown>): void
  /** What this member sees of a model: what is for all, and what is their own. */
  of(model: Omit<Place, 'visibility'>): PluginDatum[]
}

export interface Place {
  scope: 'board' | 'card' | 'member' | 'organization'
  id: string
  visibility: 'private' | 'shared'
  /** Who asks. */
  member: string
}

/** All that is kept in one place. */
export interface PluginDatum {
  id: string
  visibility: Place['visibility']
  data: Record<string, unknown>
  date: string
}

export function createPluginData({ newId }: Pick<IdMaker, 'newId'>): PluginData {
  const kept = new Map<string, PluginDatum>()
  return {
    get: (place) => ({ ...kept.get(keyOf(place))?.data }),
    set(place, entries) {
      const before = kept.get(keyOf(place))
      const data = { ...before?.data, ...entries }
      const text = JSON.stringify(data)
      const limit = limits[place.scope]
      if (text.length > limit) {
        throw new Error(`PluginData length of ${limit} characters exceeded. See: ${limitsPage}`)
      }
      if (place.visibility === 'shared' && secretName.test(text)) {
        throw new Error('PluginData that all may see must not hold a token or a secret.')
      }
      kept.set(keyOf(place), {
        id: before?.id ?? newId(),
        visibility: place.visibility,
        data: JSON.parse(text),
        date: new Date().toISOString(),
      })
    },
    of: (model) =>
      (['shared', 'private'] as const).flatMap((visibility) => {
        const datum = kept.get(keyOf({ ...model, visibility }))
        return datum !== undefined && Object.keys(datum.data).length > 0 ? [datum] : []
      }),
  }
}

function keyOf({ scope, id, visibility, member }: Place): string {
  return [scope, id, visibility, visibility === 'private' ? member : 'everyone'].join('/')
}

/** In characters of JSON. */
const limits: Record<Place['scope'], number> = { board: 8192, organization: 8192, card: 4096, member: 4096 }
const limitsPage =
  'https://developer.atlassian.com/cloud/trello/power-ups/client-library/getting-and-setting-data/'
const secretName = /"(?:(?:auth|refresh)?[_-]?token|secret)":/i

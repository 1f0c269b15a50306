/** What Power-Ups keep at Trello with `t.set`: per scope, visibility and, where it is private, per member. */
export interface PluginData {
  get(place: Place): Record<string, unknown>
  /** Changes some entries; undefined takes one away. Throws where it is too much, or a secret for all to see. */
  set(place: Place, entries: Record<string, unknown>): void
}

export interface Place {
  scope: 'board' | 'card' | 'member' | 'organization'
  id: string
  visibility: 'private' | 'shared'
  /** Who asks. */
  member: string
}

export function createPluginData(): PluginData {
  const kept = new Map<string, Record<string, unknown>>()
  return {
    get: (place) => ({ ...kept.get(keyOf(place)) }),
    set(place, entries) {
      const data = { ...kept.get(keyOf(place)), ...entries }
      const text = JSON.stringify(data)
      const limit = limits[place.scope]
      if (text.length > limit) {
        throw new Error(`PluginData length of ${limit} characters exceeded. See: ${limitsPage}`)
      }
      if (place.visibility === 'shared' && secretName.test(text)) {
        throw new Error('PluginData that all may see must not hold a token or a secret.')
      }
      kept.set(keyOf(place), JSON.parse(text))
    },
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

import { record } from './file-fields'
import type { Place } from './plugin-data'
import type { TrelloData } from './trello-data'

/** Keeps what the file says that a Power-Up has kept, for all to see. */
export function addPluginData(
  data: TrelloData,
  model: Pick<Place, 'scope' | 'id'>,
  given: unknown,
  place: string,
): void {
  if (given === undefined) return
  try {
    const everyone = { ...model, visibility: 'shared', member: '' } as const
    data.pluginData.set(everyone, record(given, place))
  } catch (error) {
    throw new Error(error instanceof Error ? `${place}: ${error.message}` : String(error))
  }
}

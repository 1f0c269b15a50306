import type { IdMaker } from './ids'
import type {
  Action,
  Attachment,
  Board,
  Card,
  CheckItem,
  Checklist,
  CustomField,
  CustomFieldItem,
  Label,
  List,
  Member,
  Plugin,
  Sticker,
  Webhook,
  Workspace,
} from './models'
import { createPluginData, type PluginData } from './plugin-data'

/** Everything that lives on this Trello, as flat lists. It is kept in memory and begins again with each start. */
export interface TrelloData {
  readonly members: readonly [Member, ...Member[]]
  readonly workspaces: readonly [Workspace, ...Workspace[]]
  readonly boards: [Board, ...Board[]]
  readonly lists: List[]
  readonly cards: Card[]
  readonly labels: Label[]
  readonly checklists: Checklist[]
  readonly checkItems: CheckItem[]
  readonly attachments: Attachment[]
  /** The uploaded files, by the id of their attachment. */
  readonly files: Map<string, Buffer>
  readonly stickers: Sticker[]
  readonly customFields: CustomField[]
  readonly customFieldItems: CustomFieldItem[]
  /** Oldest first. */
  readonly actions: Action[]
  readonly webhooks: Webhook[]
  /** The Power-Ups of every board. */
  readonly plugins: Plugin[]
  /** What they keep with `t.set`. */
  readonly pluginData: PluginData
  newId(): string
  /** Tells of each action from now on; returns its own undo. */
  onAction(listener: (action: Action) => void): () => void
  /** Writes an action down and tells of it. */
  note(action: Omit<Action, 'id' | 'date'> & { date?: string }): Action
}

/** Makes the data of a Trello that has these people, workspaces and boards, and nothing on the boards yet. */
export function createTrelloData(
  start: Pick<TrelloData, 'members' | 'workspaces' | 'boards'>,
  { newId }: IdMaker,
): TrelloData {
  const listeners = new Set<(action: Action) => void>()
  const actions: Action[] = []
  return {
    members: start.members,
    workspaces: start.workspaces,
    boards: start.boards,
    lists: [],
    cards: [],
    labels: [],
    checklists: [],
    checkItems: [],
    attachments: [],
    files: new Map(),
    stickers: [],
    customFields: [],
    customFieldItems: [],
    actions,
    webhooks: [],
    plugins: [],
    pluginData: createPluginData({ newId }),
    newId,
    onAction(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    note({ date = new Date().toISOString(), ...rest }) {
      const action = { id: newId(), date, ...rest }
      actions.push(action)
      for (const listener of listeners) listener(action)
      return action
    },
  }
}

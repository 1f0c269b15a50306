import type { Place } from '../data/plugin-data'
import type { TrelloData } from '../data/trello-data'
import { addAttachment } from '../rest/attachment-routes'
import type { JwtIssuer } from '../sign-in/jwt'
import type { TokenHost } from '../sign-in/token-host'
import type { Switches } from '../switches'
import { type TContext, tModel } from './t-models'

/** What a frame of the Power-Up asks Trello for, with the context of its `t`. */
export interface TCommand {
  name: string
  args: Record<string, unknown>
  context: TContext
}

export interface TCommandOptions {
  data: TrelloData
  tokenHost: TokenHost
  jwt: JwtIssuer
  switches: { get(): Readonly<Switches> }
  /** Says on the board that something isn't there. */
  missing(what: string): void
}

/** Carries out what a frame asks; rejects with the words that the frame reads. */
export type RunTCommand = (command: TCommand) => Promise<unknown>

export function createTCommands({ data, tokenHost, jwt, switches, missing }: TCommandOptions): RunTCommand {
  const { pluginData } = data
  const commands: Record<string, (args: Record<string, unknown>, context: TContext) => unknown> = {
    model: ({ name, fields }, context) => model(String(name), fieldNames(fields), context),
    get({ scope, visibility, key }, context) {
      const found = pluginData.get(placeOf(scope, visibility, context))
      return key === undefined ? found : found[String(key)]
    },
    getAll: (_args, context) => allData(context),
    set({ scope, visibility, entries }, context) {
      const place = placeOf(scope, visibility, context)
      assertMayWrite(place, context)
      pluginData.set(place, Object(entries))
    },
    remove({ scope, visibility, keys }, context) {
      const place = placeOf(scope, visibility, context)
      assertMayWrite(place, context)
      pluginData.set(place, Object.fromEntries(fieldNames(keys).map((key) => [key, undefined])))
    },
    attach({ name, url }, context) {
      const card = data.cards.find(({ id }) => id === context.card)
      if (card === undefined) throw new Error('t.attach() needs a card in the context.')
      addAttachment(
        { data, caller: callerOf(context), ids: [], parameters: { name, url }, file: undefined, missing },
        card,
      )
    },
    jwt: ({ state, card }, { member, board, plugin = '' }) => {
      const { ticket } = switches.get()
      if (ticket === 'failing') throw new Error('t.jwt() failed.')
      if (ticket === 'unanswered') return new Promise(() => undefined)
      const claims = {
        idMember: member,
        idBoard: board,
        idPlugin: plugin,
        idCard: typeof card === 'string' ? card : undefined,
        state: typeof state === 'string' ? state : undefined,
      }
      return jwt.sign(claims, ticket)
    },
    authorizationCodeExchange: (args, context) =>
      tokenHost({ name: 'authorizationCodeExchange', args, context: { ...context } }),
    refreshTokens: (args, context) => tokenHost({ name: 'refreshTokens', args, context: { ...context } }),
  }

  return async ({ name, args, context }) => {
    const run = commands[name]
    if (run === undefined) {
      missing(`t.${name}()`)
      throw new Error('UnsupportedCommand')
    }
    return run(args, context)
  }

  function model(name: string, fields: readonly string[], context: TContext): unknown {
    const found = tModel(data, name, context)
    if (found === undefined) throw new Error(`There is no ${name} in this context.`)
    const pick = (each: Record<string, unknown>) => {
      if (fields.length === 0 || fields.includes('all')) return each
      for (const field of fields) if (!(field in each)) missing(`field "${field}" of t.${name}()`)
      return Object.fromEntries(fields.map((field) => [field, each[field]]))
    }
    return Array.isArray(found) ? found.map(pick) : pick(found)
  }

  function allData(context: TContext): object {
    const ids = {
      board: context.board,
      card: context.card,
      member: context.member,
      organization: context.organization,
    }
    const there = scopes.filter((scope) => ids[scope] !== undefined)
    const both = (scope: string) => ({
      private: pluginData.get(placeOf(scope, 'private', context)),
      shared: pluginData.get(placeOf(scope, 'shared', context)),
    })
    return Object.fromEntries(there.map((scope) => [scope, both(scope)]))
  }

  /** A scope may also be the id of a card. */
  function placeOf(scope: unknown, visibility: unknown, context: TContext): Place {
    if (visibility !== 'private' && visibility !== 'shared')
      throw new Error(`Invalid visibility: ${visibility}`)
    const card = data.cards.find(({ id }) => id === scope)
    if (card !== undefined) return { scope: 'card', id: card.id, visibility, member: context.member }
    const name = scopes.find((known) => known === scope)
    if (name === undefined) throw new Error(`Invalid scope: ${scope}`)
    const id = context[name]
    if (id === undefined) throw new Error(`There is no ${name} in this context.`)
    return { scope: name, id, visibility, member: context.member }
  }

  function assertMayWrite({ scope, id }: Place, { member }: TContext): void {
    if (member === 'notLoggedIn') throw new Error('Only members who are logged in may write.')
    const workspace = scope === 'organization' ? data.workspaces.find((each) => each.id === id) : undefined
    if (workspace !== undefined && !workspace.idMembers.includes(member)) {
      throw new Error('Only members of the workspace may write its data.')
    }
  }
}

const scopes = ['board', 'card', 'member', 'organization'] as const

function callerOf({ member }: TContext) {
  return {
    memberId: member,
    clientId: '',
    workspaceId: undefined,
    scopes: new Set<string>(),
    isLegacy: false,
  }
}

function fieldNames(value: unknown): string[] {
  return (Array.isArray(value) ? value : []).map(String)
}

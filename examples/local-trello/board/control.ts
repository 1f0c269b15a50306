import type { IncomingMessage, ServerResponse } from 'node:http'
import { readJson, sendJson } from '../json'
import type { WritableLog } from '../log'
import { ownFile } from '../own-files'
import { sendFile } from '../static-files'
import type { SwitchBoard } from '../switch-board'
import { presets, switchGroups } from '../switch-groups'
import { choices, type Switches } from '../switches'

export interface ControlOptions {
  switches: SwitchBoard
  log: WritableLog
  expireAccessTokens(): number
  revokeGrants(filter?: { memberId?: string; clientId?: string; workspaceId?: string }): number
}

/** What `POST /control` takes; everything in it is optional and done in this order. */
interface Command {
  reset?: boolean
  switches?: Partial<Switches>
  expireAccessTokens?: boolean
  revokeGrants?: boolean | { memberId?: string; clientId?: string; workspaceId?: string }
  clearLog?: boolean
}

/** `GET /control`: a page with all switches. `GET /control/state`: the same as JSON. `POST /control`: turn them. */
export async function answerControl(
  options: ControlOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method === 'POST') return obey(options, request, response)
  if (request.url?.startsWith('/control/state')) return sendJson(response, 200, stateOf(options))
  await sendFile(response, ownFile('pages'), 'control.html')
}

async function obey(
  options: ControlOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const command = await readJson<Command>(request, response)
  if (command === undefined) return
  try {
    if (command.reset) options.switches.reset()
    if (command.switches) {
      options.switches.set(command.switches)
      for (const [name, position] of Object.entries(command.switches))
        options.log.say('switch', `${name}: ${position}`)
    }
    if (command.expireAccessTokens) {
      const count = options.expireAccessTokens()
      options.log.say('switch', `${count} access tokens are over; the refresh tokens stay good`)
    }
    if (command.revokeGrants) {
      const count = options.revokeGrants(command.revokeGrants === true ? {} : command.revokeGrants)
      options.log.say('switch', `The person took access back: ${count} consents ended`)
    }
    if (command.clearLog) options.log.clear()
    sendJson(response, 200, stateOf(options))
  } catch (error) {
    sendJson(response, 400, { error: error instanceof Error ? error.message : String(error) })
  }
}

function stateOf({ switches, log }: ControlOptions): object {
  return {
    switches: switches.get(),
    usual: switches.usual(),
    choices,
    groups: switchGroups,
    presets,
    log: log.withoutSecrets(),
  }
}

import { createHmac } from 'node:crypto'
import type { Action, Webhook } from '../data/models'
import type { TrelloData } from '../data/trello-data'
import { actionShape, webhookShape } from './shapes'
import type { AskCallback } from './webhook-routes'

export interface WebhookSender {
  askCallback: AskCallback
}

/**
 * Tells the webhooks of each action about what they watch, with Trello's signature. Only addresses on this machine are
 * asked; `say` hears what would have gone elsewhere.
 */
export function createWebhookSender(data: TrelloData, say: (words: string) => void): WebhookSender {
  data.onAction((action) => {
    for (const webhook of data.webhooks) {
      if (webhook.active && watches(data, webhook, action)) void deliver(webhook, action)
    }
  })

  async function deliver(webhook: Webhook, action: Action): Promise<void> {
    const body = JSON.stringify({
      action: actionShape(data, action),
      model: { id: webhook.idModel },
      webhook: webhookShape(webhook),
    })
    const signature = createHmac('sha1', webhookSecret)
      .update(body + webhook.callbackURL)
      .digest('base64')
    const headers = { 'content-type': 'application/json', 'x-trello-webhook': signature }
    const status = await send(webhook.callbackURL, { method: 'POST', headers, body })
    const isDelivered = status !== undefined && status < 300
    webhook.consecutiveFailures = isDelivered ? 0 : webhook.consecutiveFailures + 1
    say(`A webhook told ${webhook.callbackURL} of ${action.type}: ${status ?? 'no answer'}`)
  }

  async function send(address: string, init: RequestInit): Promise<number | undefined> {
    if (!isOnThisMachine(address)) {
      say(`The webhook to ${address} is not sent: it is not on this machine`)
      return 200
    }
    const signal = AbortSignal.timeout(10_000)
    return fetch(address, { ...init, signal }).then(
      ({ status }) => status,
      () => undefined,
    )
  }

  return { askCallback: (callbackURL) => send(callbackURL, { method: 'HEAD' }) }
}

/** Trello signs with the secret of the app. */
export const webhookSecret = 'local-trello-client-secret'

function watches(data: TrelloData, { idModel }: Webhook, action: Action): boolean {
  const { board, list, card } = action.data
  const workspace = data.boards.find(({ id }) => id === board?.id)?.idOrganization
  return [board?.id, list?.id, card?.id, action.idMemberCreator, workspace].includes(idModel)
}

function isOnThisMachine(address: string): boolean {
  const { hostname } = new URL(address)
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '127.0.0.1' ||
    hostname === '[::1]'
  )
}

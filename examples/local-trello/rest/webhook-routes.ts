import type { Webhook } from '../data/models'
import { boardOf, cardOf, listOf, memberOf, workspaceOf } from './access'
import { flagOf, neededText, textOf } from './parameters'
import { type Call, invalidValue, notFound, notPermitted, Refusal, type Route } from './route'
import { webhookShape } from './shapes'

/** Asks the callback address, as Trello does before it makes a webhook; gives the status, or undefined for none. */
export type AskCallback = (callbackURL: string) => Promise<number | undefined>

export function webhookRoutes(askCallback: AskCallback): readonly Route[] {
  const make = async (call: Call) => {
    const callbackURL = neededText(call, 'callbackURL')
    if (!/^https?:\/\//.test(callbackURL)) throw invalidValue('callbackURL')
    const webhook: Webhook = {
      id: call.data.newId(),
      description: textOf(call, 'description') ?? '',
      idModel: watchedModel(call, neededText(call, 'idModel')),
      callbackURL,
      active: flagOf(call, 'active') ?? true,
      consecutiveFailures: 0,
      firstConsecutiveFailDate: null,
      idMember: call.caller.memberId,
    }
    const status = await askCallback(callbackURL)
    if (status !== 200) {
      throw new Refusal(
        400,
        `URL (${callbackURL}) did not return 200 status code, got ${status ?? 'nothing'}`,
      )
    }
    call.data.webhooks.push(webhook)
    return webhookShape(webhook)
  }

  return [
    { method: 'POST', path: '/webhooks', run: make },
    // The old way, with the token in the path.
    { method: 'POST', path: '/tokens/{}/webhooks', run: make },
    {
      method: 'GET',
      path: '/tokens/{}/webhooks',
      run: ({ data, caller }) =>
        data.webhooks.filter(({ idMember }) => idMember === caller.memberId).map(webhookShape),
    },
    { method: 'GET', path: '/webhooks/{}', run: (call) => webhookShape(webhookOf(call)) },
    { method: 'PUT', path: '/webhooks/{}', run: changeWebhook },
    { method: 'DELETE', path: '/webhooks/{}', run: deleteWebhook },
  ]
}

function changeWebhook(call: Call): object {
  const webhook = webhookOf(call)
  Object.assign(webhook, {
    description: textOf(call, 'description') ?? webhook.description,
    callbackURL: textOf(call, 'callbackURL') ?? webhook.callbackURL,
    active: flagOf(call, 'active') ?? webhook.active,
  })
  return webhookShape(webhook)
}

function deleteWebhook(call: Call): object {
  const { webhooks } = call.data
  webhooks.splice(webhooks.indexOf(webhookOf(call)), 1)
  return { _value: null }
}

function webhookOf({ data, caller, ids }: Call): Webhook {
  const webhook = data.webhooks.find(({ id }) => id === ids[0])
  if (webhook === undefined) throw notFound
  if (webhook.idMember !== caller.memberId) throw notPermitted
  return webhook
}

/** The model by its id, with the scope that reading it needs. */
function watchedModel(call: Call, id: string): string {
  const { data, caller } = call
  const needs = (scope: string) => {
    if (!caller.scopes.has(scope)) throw notPermitted
  }
  if (data.members.some((member) => member.id === id)) {
    needs('read:member:trello')
    return memberOf(call, id).id
  }
  if (data.workspaces.some((workspace) => workspace.id === id)) {
    needs('read:organization:trello')
    return workspaceOf(call, id).id
  }
  needs('read:board:trello')
  if (data.boards.some((board) => board.id === id)) return boardOf(call, id).id
  if (data.lists.some((list) => list.id === id)) return listOf(call, id).id
  if (data.cards.some((card) => card.id === id)) return cardOf(call, id).id
  throw invalidValue('idModel')
}

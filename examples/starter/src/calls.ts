import type { Client } from 'powerup-oauth'

/** The calls to Trello. They take the part of a client that they need, so that tests can give them a fake one. */
export type Api = Pick<Client, 'api'>

/** Greets the person by name. */
export async function greeting({ api }: Api): Promise<string> {
  const me = await api.get<{ fullName: string }>('/1/members/me', { query: { fields: 'fullName' } })
  return `Hello, ${me.fullName}!`
}

/** Counts the cards of each list, a line for each. Both calls at once: should the token have run out, they share one refresh. */
export async function cardsOfLists({ api }: Api, board: string): Promise<string> {
  const [lists, cards] = await Promise.all([
    api.get<{ id: string; name: string }[]>(`/1/boards/${board}/lists`, { query: { fields: 'name' } }),
    api.get<{ idList: string }[]>(`/1/boards/${board}/cards`, { query: { fields: 'idList' } }),
  ])
  const lines = lists.map(({ id, name }) => `${name}: ${cards.filter(({ idList }) => idList === id).length}`)
  return lines.join('\n')
}

/** Says who is a member of a card. */
export async function membersOfCard({ api }: Api, card: string): Promise<string> {
  const members = await api.get<{ fullName: string }[]>(`/1/cards/${card}/members`, {
    query: { fields: 'fullName' },
  })
  return members.length === 0 ? 'Nobody yet.' : members.map(({ fullName }) => fullName).join('\n')
}

// What the board page asks its server for.

export async function getJson(path) {
  const response = await fetch(path)
  if (!response.ok) throw new Error(`${path}: ${response.status}`)
  return response.json()
}

/** Sends JSON and gives the answer; an error comes as one. */
export async function post(path, body) {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const answer = await response.json()
  if (answer.error !== undefined) throw new Error(answer.error)
  return answer
}

/** Does something on the board for the member who is shown, by a call to the REST API. */
export async function edit(member, method, path, parameters) {
  const { result } = await post('/edit', { member: member?.id, method, path, parameters })
  return result
}

/** A command of a Power-Up's frame that Trello's server carries out. */
export async function runOnServer(name, args, context) {
  const { result } = await post('/t', { name, args, context })
  return result
}

/** Says in the log that something isn't there. */
export function sayMissing(what) {
  return post('/say', { area: 'missing', words: `The local Trello has no ${what}` })
}

/** Says in the log that the Power-Up did something wrong. */
export function sayOnBoard(words) {
  return post('/say', { area: 'board', words })
}

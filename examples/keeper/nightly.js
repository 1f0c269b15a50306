// A job for the night, with no browser open: `node nightly.js`. It reminds each person of the cards that are due this week.

import { keeper, store } from './keeper.js'

const week = 7 * 24 * 3_600_000

await keeper.tick()
for (const key of await store.keys()) {
  try {
    await remind(keeper.client(key).api)
  } catch (error) {
    console.error(key, error.code ?? error) // one person who has to connect again stops nobody else's night
  }
}
process.exit()

async function remind(api) {
  const cards = await api.get('/1/members/me/cards', { query: { fields: 'name,due,dueComplete' } })
  for (const { id, name, due, dueComplete } of cards) {
    const leftMs = Date.parse(due) - Date.now()
    if (dueComplete || !(leftMs > 0 && leftMs < week)) continue
    await api.post(`/1/cards/${id}/actions/comments`, { body: { text: 'Due this week.' } })
    console.log(`reminded of ${name}`)
  }
}

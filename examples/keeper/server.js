// Frames, workers and webhooks: `node server.js`, behind whatever gives you HTTPS.

import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import { listenerOf } from '../token-proxy/listener.js'
import { keeper } from './keeper.js'

const { BROKER_SECRET, WEBHOOK_SECRET, PORT = '3000' } = process.env

const routes = {
  '/token': keeper.handler,
  '/broker': BROKER_SECRET ? keeper.broker({ secret: BROKER_SECRET }) : notFound,
  '/webhook': WEBHOOK_SECRET ? welcome : notFound,
}

/** A webhook whose callback URL ends with `?secret=…&key=…`: welcomes each new card, as the person with that key. */
async function welcome(request) {
  const { searchParams } = new URL(request.url)
  if (!isSame(searchParams.get('secret') ?? '', WEBHOOK_SECRET)) return notFound()
  if (request.method === 'HEAD') return new Response() // Trello asks whether somebody is here
  const { action } = await request.json()
  if (action?.type === 'createCard') {
    const { id } = action.data.card
    const { api } = keeper.client(searchParams.get('key') ?? '')
    await api.post(`/1/cards/${id}/actions/comments`, { body: { text: 'Thank you for this card.' } })
  }
  return new Response()
}

function isSame(given, known) {
  const [a, b] = [given, known].map((text) => createHash('sha256').update(text).digest())
  return timingSafeEqual(a, b)
}

async function notFound() {
  return new Response('Not found', { status: 404 })
}

const answer = (request) => (routes[new URL(request.url).pathname] ?? notFound)(request)

const server = createServer(listenerOf(answer)).listen(Number(PORT), '127.0.0.1', () => {
  console.log(`Listening on port ${server.address().port}`)
})

// What a killed process left, and what nobody has used for long. A cron job that runs nightly.js does it too.
setInterval(() => keeper.tick().catch(console.error), 60_000).unref()

import { createTour } from './tour.mjs'

// Made once for all requests, as a Worker's module is.
const tour = createTour('https://trello.example')

export default {
  async fetch(request) {
    try {
      await tour[new URL(request.url).pathname.slice(1)]()
      return new Response('done')
    } catch (error) {
      return new Response(`${error?.stack}\n${error?.cause?.stack}`, { status: 500 })
    }
  },
}

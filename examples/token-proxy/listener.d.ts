import type { RequestListener } from 'node:http'

export function listenerOf(handler: (request: Request) => Promise<Response>): RequestListener

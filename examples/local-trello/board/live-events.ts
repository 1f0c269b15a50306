import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TrelloData } from '../data/trello-data'
import type { WritableLog } from '../log'

/** `GET /events`: tells an open board of each line of the log, and of each change of the data, as it happens. */
export function sendLiveEvents(
  { data, log }: { data: TrelloData; log: WritableLog },
  request: IncomingMessage,
  response: ServerResponse,
): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  const send = (event: string, content: unknown) => {
    response.write(`event: ${event}\ndata: ${JSON.stringify(content)}\n\n`)
  }
  for (const line of log.lines.slice(-100)) send('line', line)
  const stopLines = log.onLine((line) => send('line', line))
  const stopActions = data.onAction((action) => send('action', action))
  request.on('close', () => {
    stopLines()
    stopActions()
  })
}

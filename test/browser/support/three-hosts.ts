import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ThreeHosts {
  /** The embedding page: two frames of `powerup`, under the sandbox that Trello gives them. */
  trello: string
  powerup: string
  /** A server of another site; `?coop=` is the opener policy that it sends. */
  auth: string
  close(): Promise<void>
}

/** Three sites on one port of this machine: `*.localhost` resolves to loopback in every engine. */
export async function serveThreeHosts(): Promise<ThreeHosts> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    trello: `http://trello.localhost:${port}`,
    powerup: `http://powerup.localhost:${port}`,
    auth: `http://auth.localhost:${port}`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const sandbox =
  'allow-scripts allow-forms allow-popups allow-same-origin allow-popups-to-escape-sandbox allow-modals ' +
  'allow-presentation allow-storage-access-by-user-activation allow-downloads'

const pages: Record<string, (port: string, url: URL) => string> = {
  trello: (port, url) => {
    const frame = (name: string, hidden = false) =>
      `<iframe id="${name}" ${hidden ? 'hidden' : ''} sandbox="${sandbox}"
        src="http://powerup.localhost:${port}/frame?${name}"></iframe>`
    // Trello hides the connector and loads it together with what is seen.
    const many = ['third', 'fourth', 'fifth', 'sixth'].map((name) => frame(name))
    const shown = [frame('first'), frame('second'), ...(url.pathname === '/many' ? many : [])]
    return `<h1>Board</h1>${frame('connector', true)}${shown.join('')}`
  },
  powerup: (port, url) => `
    <h1>${url.pathname}</h1>
    <button id="popup" onclick="opened = window.open('/popup', '_blank', 'popup,width=500,height=400')">popup</button>
    <button id="cut" onclick="opened = window.open('http://auth.localhost:${port}/?coop=same-origin')">cut</button>
    <button id="count" onclick="clicks = (window.clicks ?? 0) + 1">count</button>
    <button id="close" onclick="window.close()">close</button>
    <div id="host"></div>
    <script>
      host.attachShadow({ mode: 'open' }).innerHTML = '<button onclick="inShadow = true">in the shadow</button>'
    </script>`,
  auth: (port) => `
    <h1>Consent</h1>
    <a id="back" href="http://powerup.localhost:${port}/callback">back</a>`,
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', `http://${request.headers.host}`)
  const page = pages[url.hostname.split('.')[0] ?? '']
  const policy = url.searchParams.get('coop')
  if (policy !== null) response.setHeader('cross-origin-opener-policy', policy)
  response.setHeader('content-type', 'text/html; charset=utf-8')
  response.statusCode = page === undefined ? 404 : 200
  response.end(`<!doctype html><title>${url.hostname}</title>${page?.(url.port, url) ?? ''}`)
}

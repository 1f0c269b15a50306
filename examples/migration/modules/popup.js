import { options } from './options.js'

const t = window.TrelloPowerUp.iframe(options)
const [out, connect, call] = ['out', 'connect', 'call'].map((id) => document.getElementById(id))

async function trello(path) {
  const restApi = await t.getRestApi()
  const query = new URLSearchParams({ key: restApi.appKey, token: await restApi.getToken() })
  const response = await fetch(`https://api.trello.com/1${path}?${query}`)
  if (!response.ok) throw new Error(String(response.status))
  return response.json()
}

async function show() {
  const isAuthorized = await t.getRestApi().isAuthorized()
  connect.hidden = isAuthorized
  call.hidden = !isAuthorized
}

connect.addEventListener('click', async () => {
  try {
    await t.getRestApi().authorize({ scope: 'read' })
    out.textContent = 'connected'
  } catch (error) {
    const { AuthDeniedError } = window.TrelloPowerUp.restApiError
    out.textContent = error instanceof AuthDeniedError ? 'denied' : String(error)
  }
  await show()
})

call.addEventListener('click', async () => {
  try {
    const lists = await trello(`/boards/${t.getContext().board}/lists`)
    out.textContent = `called: ${lists.length} lists`
  } catch (error) {
    out.textContent = `failed: ${error.message}`
    await show()
  }
})

show()

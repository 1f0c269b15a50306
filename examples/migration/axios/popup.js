const t = window.TrelloPowerUp.iframe({ appKey: 'app-key-1', appName: 'Cards' })
const [out, connect, call] = ['out', 'connect', 'call'].map((id) => document.getElementById(id))
const api = window.axios.create({ baseURL: 'https://api.trello.com/1' })

async function show() {
  const isAuthorized = await t.getRestApi().isAuthorized()
  connect.hidden = isAuthorized
  call.hidden = !isAuthorized
}

connect.addEventListener('click', () => {
  t.getRestApi()
    .authorize({ scope: 'read,write', expiration: 'never' })
    .then(show)
    .then(() => {
      out.textContent = 'connected'
    })
    .catch(window.TrelloPowerUp.restApiError.AuthDeniedError, () => {
      out.textContent = 'denied'
    })
})

call.addEventListener('click', async () => {
  const key = t.getRestApi().appKey
  const token = await t.getRestApi().getToken()
  try {
    const lists = await api.get(`/boards/${t.getContext().board}/lists`, { params: { key, token } })
    const card = await api.post('/cards', { idList: lists.data[0].id, name: 'From axios', key, token })
    out.textContent = `called: ${card.data.name}`
  } catch (error) {
    out.textContent = `failed: ${error.response?.status}`
    await show()
  }
})

show()

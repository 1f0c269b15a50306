const t = window.TrelloPowerUp.iframe({ appKey: 'app-key-1', appName: 'Timer' })
const [out, connect, call] = ['out', 'connect', 'call'].map((id) => document.getElementById(id))

async function show() {
  let isAuthorized = false
  try {
    isAuthorized = await t.getRestApi().isAuthorized()
  } catch (error) {
    out.textContent = error.name === 'restApi::ApiNotConfiguredError' ? 'incognito' : String(error)
  }
  connect.hidden = isAuthorized
  call.hidden = !isAuthorized
}

connect.addEventListener('click', async () => {
  try {
    await t.getRestApi().clearToken()
    await t.getRestApi().authorize({ scope: 'read,write', expiration: 'never' })
    out.textContent = 'connected'
  } catch (error) {
    out.textContent = error.name === 'restApi::AuthDeniedError' ? 'denied' : String(error)
  }
  await show()
})

call.addEventListener('click', async () => {
  const token = await t.getRestApi().getToken()
  const credentials = `key=${t.getRestApi().appKey}&token=${token}`
  const lists = await fetch(`https://api.trello.com/1/boards/${t.getContext().board}/lists?${credentials}`)
  if (!lists.ok) {
    out.textContent = `failed: ${lists.status}`
    await t.getRestApi().clearToken()
    return show()
  }
  const form = new FormData()
  form.append('idList', (await lists.json())[0].id)
  form.append('name', 'From a form')
  form.append('key', t.getRestApi().appKey)
  form.append('token', token)
  const card = await fetch('https://api.trello.com/1/cards', { method: 'POST', body: form })
  out.textContent = `called: ${(await card.json()).name}`
})

show()

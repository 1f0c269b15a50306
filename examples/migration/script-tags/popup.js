const t = window.TrelloPowerUp.iframe({ appKey: 'app-key-1', appName: 'Greeter' })
const out = document.getElementById('out')
const connect = document.getElementById('connect')
const call = document.getElementById('call')

async function show() {
  const isAuthorized = await t.getRestApi().isAuthorized()
  connect.hidden = isAuthorized
  call.hidden = !isAuthorized
}

connect.addEventListener('click', () => {
  t.getRestApi()
    .authorize({ scope: 'read', expiration: 'never' })
    .then(() => {
      out.textContent = 'connected'
      return show()
    })
    .catch(window.TrelloPowerUp.restApiError.AuthDeniedError, () => {
      out.textContent = 'denied'
    })
})

call.addEventListener('click', async () => {
  const restApi = t.getRestApi()
  const token = await restApi.getToken()
  const url = `https://api.trello.com/1/members/me?fields=fullName&key=${restApi.appKey}&token=${token}`
  const response = await fetch(url)
  out.textContent = response.ok ? `called: ${(await response.json()).fullName}` : `failed: ${response.status}`
  await show()
})

show()

const appKey = 'app-key-1'
const t = window.TrelloPowerUp.iframe()
const restApi = t.getRestApi()
const [out, connect, call] = ['out', 'connect', 'call'].map((id) => document.getElementById(id))

async function show() {
  const token = await restApi.getToken()
  connect.hidden = Boolean(token)
  call.hidden = !token
}

connect.addEventListener('click', async () => {
  await restApi.authorize()
  out.textContent = 'connected'
  await show()
})

call.addEventListener('click', async () => {
  const response = await fetch(`https://api.trello.com/1/members/me/boards?key=${appKey}`)
  if (response.ok) {
    out.textContent = `called: ${(await response.json()).length} boards`
  } else {
    out.textContent = `failed: ${response.status}`
    await show()
  }
})

show()

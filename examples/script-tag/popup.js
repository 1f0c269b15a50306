window.PowerUpOAuth.definePrompt()

const t = window.TrelloPowerUp.iframe()
const restApi = t.getRestApi()
const out = document.getElementById('out')
const call = document.getElementById('call')

// The prompt says what there is to do, and has the button for it. It takes the client behind the old object.
document.getElementById('prompt').client = restApi.client
restApi.client.subscribe(({ status }) => {
  call.hidden = status !== 'authorized'
})

// Code of the time before: it goes on to send key and token, and the adapter makes a Bearer header of them.
call.addEventListener('click', async () => {
  const query = new URLSearchParams({ key: restApi.appKey, token: await restApi.getToken() })
  const response = await fetch(`https://api.trello.com/1/members/me?${query}`)
  out.textContent = response.ok
    ? `Hello, ${(await response.json()).fullName}`
    : `Trello said ${response.status}`
})

const client = window.PowerUpOAuth.createClient({
  clientId: 'your-client-id',
  redirectUri: new URL('callback.html', document.baseURI),
  scopes: ['read:board:trello'],
  workspace: new URLSearchParams(location.search).get('workspace'),
})

client.subscribe(({ status }) => {
  document.body.dataset.state = status
})
document.querySelector('#connect').addEventListener('click', () => {
  client
    .authorize()
    .then(() => client.api.get('/1/members/me'))
    .then(
      ({ fullName }) => {
        document.body.dataset.greeted = fullName
      },
      (error) => {
        document.body.dataset.error = String(error)
      },
    )
})

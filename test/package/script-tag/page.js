const local = (name) => `http://${name}.localhost:${location.port}`

const client = window.PowerUpOAuth.createClient({
  clientId: 'local-trello-client',
  redirectUri: new URL('callback.html', document.baseURI),
  scopes: ['read:board:trello'],
  workspace: new URLSearchParams(location.search).get('workspace'),
  authorizationEndpoint: `${local('auth')}/authorize`,
  tokenEndpoint: `${local('auth')}/oauth/token`,
  apiOrigins: [local('api')],
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

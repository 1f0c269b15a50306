import { useCallback, useEffect, useState } from 'react'

export function ListsPage({ board, t }) {
  const [words, setWords] = useState('…')
  const [isConnected, setConnected] = useState()

  const show = useCallback(async () => {
    setConnected(await t.getRestApi().isAuthorized())
  }, [t])

  async function connect() {
    await t.getRestApi().authorize({ scope: 'read', expiration: 'never' })
    setWords('connected')
    await show()
  }

  async function call() {
    const restApi = t.getRestApi()
    const token = await restApi.getToken()
    const url = `https://api.trello.com/1/boards/${board}/lists?key=${restApi.appKey}&token=${token}`
    const response = await fetch(url)
    if (!response.ok) {
      setWords(`failed: ${response.status}`)
      return
    }
    setWords(`called: ${(await response.json()).length} lists`)
  }

  useEffect(() => {
    show()
  }, [show])

  return (
    <>
      <p id="out">{words}</p>
      <button type="button" id="connect" hidden={isConnected !== false} onClick={connect}>
        Connect
      </button>
      <button type="button" id="call" hidden={!isConnected} onClick={call}>
        Call Trello
      </button>
    </>
  )
}

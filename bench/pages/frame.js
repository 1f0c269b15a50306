import './raw-storage.js'

const { client, config, isCold, isIdle } = JSON.parse(new URLSearchParams(location.search).get('setup'))
const kit = await import(`./${client}.js`)
const url = `${config.api}/1/members/me?fields=id`
const open = () => kit.open({ ...config, redirectUri: new URL(config.redirectUri, location.origin).href })
const opened = isIdle ? undefined : open()

/** From the start of the frame's loading to its first answer, in milliseconds. */
if (isCold) {
  await (await kit.call(opened, url)).text()
  window.firstAnswerMs = performance.now()
}

document.querySelector('#connect').addEventListener('click', () => {
  kit.login(opened).then(
    () => {
      window.outcome = 'authorized'
    },
    (error) => {
      window.outcome = String(error)
    },
  )
})

Object.assign(window, {
  seed: (grant) => kit.seed(config, grant),
  /** One look at a token that is good, in microseconds. */
  async lookupUs(count) {
    await kit.token(opened)
    const start = performance.now()
    for (let i = 0; i < count; i++) await kit.token(opened)
    return ((performance.now() - start) * 1_000) / count
  },
  /** All at once, at a moment that all frames agree on. */
  async callAt(startAt, count) {
    await new Promise((resolve) => setTimeout(resolve, startAt - Date.now()))
    const calls = Array.from({ length: count }, async () => (await kit.call(opened, url)).status)
    const ended = await Promise.allSettled(calls)
    const good = ended.filter(({ value }) => value === 200).length
    return { endedAt: Date.now(), failed: count - good }
  },
  /** Makes clients and uses each once; they stay. */
  async hold(count) {
    window.held ??= []
    while (window.held.length < count) {
      const one = open()
      window.held.push(one)
      await Promise.resolve(kit.token(one)).catch(() => undefined)
    }
  },
  isReady: true,
})

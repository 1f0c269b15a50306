import './raw-storage.js'

const { client, config, isCold, isIdle, isOld } = JSON.parse(
  new URLSearchParams(location.search).get('setup'),
)
const url = `${config.api}/1/members/me?fields=id`
let kit
let opened

const open = (onEvent) =>
  kit.open({ ...config, redirectUri: new URL(config.redirectUri, location.origin).href, onEvent })

/** An idle page has nothing of a client in it until it calls this. */
async function load() {
  kit = await import(`./apps/${client}/main.js`)
}

if (!isIdle) {
  await load()
  opened = open()
}

// A page that shows whether the person is connected. A client that tells of changes loads ahead from then on.
const listens = isOld && typeof opened.subscribe === 'function'
if (listens) opened.subscribe(() => undefined)

/** From the start of the frame's loading to its first answer, in milliseconds. */
if (isCold) {
  await (await kit.call(opened, url)).text()
  window.firstAnswerMs = performance.now()
}

let filesOfLogin

document.querySelector('#connect').addEventListener('click', () => {
  kit.login(opened).then(
    () => {
      // At once: what a client loads ahead from here on is not of the click.
      filesOfLogin = loadedFiles()
      window.outcome = 'authorized'
    },
    (error) => {
      window.outcome = String(error)
    },
  )
})

const microseconds = async (count, look) => {
  const start = performance.now()
  for (let i = 0; i < count; i++) await look()
  return ((performance.now() - start) * 1_000) / count
}

/** The files of the application that this page has asked for so far. */
function loadedFiles() {
  if (filesOfLogin) return filesOfLogin
  const paths = performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname)
  return paths.filter((path) => path.includes(`/apps/${client}/`))
}

/** Asks a client for all that it can tell without a person. */
async function use(one) {
  const isAuthorized = await kit.isAuthorized(one)
  await Promise.resolve(kit.token(one)).catch(() => undefined)
  if (isAuthorized) await (await kit.call(one, url)).text()
}

Object.assign(window, {
  load,
  async clear() {
    localStorage.clear()
    sessionStorage.clear()
    await window.storage.clear().catch(() => undefined)
  },
  seed: async (grant) => (await import(`./whole/${client}/main.js`)).seed(config, grant),
  loadedFiles,
  /** Whether all is loaded that the client loads ahead. */
  isPrepared: () => !listens || loadedFiles().some((path) => path.includes('refresh-flow')),
  isAuthorized: () => kit.isAuthorized(opened),
  callOnce: async () => (await kit.call(opened, url)).status,
  /** One look at a token that is good, in microseconds. */
  async lookupUs(count) {
    await kit.token(opened)
    return microseconds(count, () => kit.token(opened))
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
  async hold(count, hasOwnListener = false) {
    window.held ??= []
    while (window.held.length < count) {
      const one = open(hasOwnListener ? () => undefined : undefined)
      window.held.push(one)
      await use(one)
    }
  },
  /** Makes clients, asks each once, and lets go of it. */
  async drop(count, hasOwnListener = false) {
    for (let i = 0; i < count; i++) await kit.isAuthorized(open(hasOwnListener ? () => undefined : undefined))
  },
  /** One `isAuthorized()` of the client that was made first, in microseconds. */
  async isAuthorizedUs(count) {
    const [first] = window.held
    return microseconds(count, () => kit.isAuthorized(first))
  },
  isReady: true,
})

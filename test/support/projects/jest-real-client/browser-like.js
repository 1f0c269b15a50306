const { TestEnvironment } = require('jest-environment-jsdom')

const lent = {
  crypto,
  fetch,
  Headers,
  Request,
  Response,
  structuredClone,
  TextDecoder,
  TextEncoder,
  Uint8Array,
}

module.exports = class extends TestEnvironment {
  async setup() {
    await super.setup()
    for (const [name, value] of Object.entries(lent)) {
      Object.defineProperty(this.global, name, { value, writable: true })
    }
  }
}

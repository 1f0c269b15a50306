// A token endpoint of your own where requests are answered by a `fetch` handler: Cloudflare Workers and the like.

import { createTokenProxy } from 'powerup-oauth/token-proxy'

export default {
  fetch(request, env, context) {
    const proxy = createTokenProxy({
      clientId: env.CLIENT_ID,
      clientSecret: env.CLIENT_SECRET,
      redirectUri: 'https://your-power-up.example/callback.html',
      allowedOrigins: ['https://your-power-up.example'],
      // One binding of the platform's own; any function that says yes, no, or for how many seconds no will do.
      rateLimit: async ({ headers }) => {
        const { success } = await env.RATE_LIMITER.limit({ key: headers.get('cf-connecting-ip') })
        return success
      },
    })
    // With the context the platform lets a request to Trello run on when the caller goes away.
    return proxy(request, context)
  },
}

import { check, isBare } from './option-check'
import { trustworthyOrigins, verbatimUrl } from './url'

/** Reads the secret of a confidential client. `undefined`: a public client. @throws ConfigurationError */
export function readClientSecret(clientSecret: unknown): string | undefined {
  check(
    clientSecret === undefined || isBare(clientSecret),
    'clientSecret',
    'the secret of the app settings without a space or line break around it, or left out for a public client; is its environment variable set?',
  )
  return clientSecret
}

/** Reads the callback URL of codes, which is sent exactly as it was given. @throws ConfigurationError */
export function readRedirectUri(redirectUri: unknown): string {
  const must = 'the registered callback URL: absolute, HTTPS, without a fragment, credentials or spaces'
  check(verbatimUrl(redirectUri), 'redirectUri', must)
  return String(redirectUri)
}

/** Reads the origins whose pages are answered. @throws ConfigurationError */
export function readAllowedOrigins(values: unknown): readonly string[] {
  const origins = trustworthyOrigins(values)
  const must =
    "the list of the origins of the Power-Up's pages, such as https://power-up.example; there is no wildcard"
  check(origins, 'allowedOrigins', must)
  return origins
}

import { ApiError } from '../base/api-error'
import { NetworkError } from '../base/errors'

/**
 * The error that an answer amounts to. What judges it is loaded first.
 * @param granted the scopes of the grant, where they are known
 * @throws NetworkError where that can't be loaded
 */
export async function apiErrorOf(
  place: { method: string; path: string },
  response: Pick<Response, 'ok' | 'status' | 'headers'>,
  body: unknown,
  granted: readonly string[] | undefined,
): Promise<ApiError> {
  const refusal = await import('./refusal')
    .then(({ refusalOf }) => refusalOf(place, response, body, granted))
    .catch((cause) => {
      throw new NetworkError({ ...place, cause })
    })
  return new ApiError(...refusal)
}

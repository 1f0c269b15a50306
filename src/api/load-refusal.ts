import { ApiError } from '../base/api-error'
import { NetworkError } from '../base/errors'
import type { FailedAnswer } from './refusal'

/**
 * Makes the error for an answer that is not what the call asked for. The judgement is loaded first.
 * @param granted the scopes of the grant, where they are known
 * @throws NetworkError where the judgement can't be loaded
 */
export async function apiErrorOf(
  answer: FailedAnswer,
  granted: readonly string[] | undefined,
): Promise<ApiError> {
  const refusal = await import('./refusal')
    .then(({ refusalOf }) => refusalOf(answer, granted))
    .catch((cause) => {
      throw new NetworkError({ ...answer, cause })
    })
  return new ApiError(...refusal)
}

import { fieldsOf } from '../base/fields'
import type { Platform } from '../base/platform'
import { askWithToken } from '../sign-in/token-question'

/** The outcome of asking the API whether a token belongs to a workspace. */
export type WorkspaceProof =
  /** It does. */
  | 'proven'
  /** It does not, as far as it may be used to ask. */
  | 'refuted'
  /** The API does not tell, because a scope is missing for instance. */
  | 'closed'
  /** No answer came, or one that says nothing about the question. */
  | 'noAnswer'

/** The place that a frame says it is in. */
export interface ClaimedPlace {
  /** The id of the workspace, by the frame's own word. */
  workspace: string
  /** The id of the board, by Trello's word. */
  board: string | undefined
}

/**
 * Asks the API whether a new token reaches into a workspace: by the board of the ticket, or by the list of the member's own
 * workspaces. One yes is enough. The first needs `read:board:trello`, the second `read:organization:trello`. Never rejects.
 * @see https://developer.atlassian.com/cloud/trello/rest/api-group-boards/#api-boards-id-get
 */
export async function proveWorkspace(
  platform: Platform,
  apiOrigin: string,
  accessToken: string,
  { workspace, board }: ClaimedPlace,
): Promise<WorkspaceProof> {
  function ask(path: string, says: (body: unknown) => boolean): Promise<WorkspaceProof> {
    async function read(response: Response): Promise<WorkspaceProof> {
      if (response.ok) return says(await response.json()) ? 'proven' : 'refuted'
      return CLOSED_STATUSES.has(response.status) ? 'closed' : 'noAnswer'
    }
    return askWithToken(platform, { apiOrigin, path, accessToken, read, noAnswer: 'noAnswer' })
  }

  const byBoard =
    board === undefined
      ? 'closed'
      : await ask(`/1/boards/${encodeURIComponent(board)}?fields=idOrganization`, (body) => {
          return fieldsOf(body).idOrganization === workspace
        })
  if (byBoard === 'proven') return 'proven'
  const byList = await ask('/1/members/me/organizations?fields=id', (body) => {
    return Array.isArray(body) && body.some((each) => fieldsOf(each).id === workspace)
  })
  if (byList === 'proven') return 'proven'
  const answers = [byBoard, byList]
  if (answers.includes('noAnswer')) return 'noAnswer'
  return answers.includes('refuted') ? 'refuted' : 'closed'
}

/** A missing scope, a board or workspace that the token doesn't reach, an id that is not one. */
const CLOSED_STATUSES: ReadonlySet<number> = new Set([400, 401, 403, 404, 410])

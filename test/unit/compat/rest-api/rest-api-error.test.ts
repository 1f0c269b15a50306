// @vitest-environment node
import { afterEach, describe, expect, it, vi } from 'vitest'
import { AuthorizationError } from '../../../../src/base/errors'
import { addRestApiErrors, restApiError } from '../../../../src/compat/rest-api/rest-api-error'
import { oldErrorClass, oldRestApiError } from '../support/trello-power-up'

afterEach(() => vi.unstubAllGlobals())

describe('an error of the old client', () => {
  const cause = new AuthorizationError('accessDenied')

  it('has the name that old code looks at, and our error as its cause', () => {
    const error = restApiError(undefined, 'AuthDeniedError', cause)
    expect(error).toMatchObject({ name: 'restApi::AuthDeniedError', code: 'accessDenied', cause })
    expect(error.message).toBe(cause.message)
    expect(error).toBeInstanceOf(Error)
  })

  it("is of the class of the given TrelloPowerUp, or of the page's", () => {
    const classes = oldRestApiError()
    const given = restApiError({ restApiError: classes }, 'AuthDeniedError', cause)
    expect(given).toBeInstanceOf(classes.AuthDeniedError)
    expect(given).toBeInstanceOf(classes)
    expect(given).toMatchObject({ name: 'restApi::AuthDeniedError', message: cause.message })
    vi.stubGlobal('TrelloPowerUp', { restApiError: classes })
    expect(restApiError(undefined, 'AuthDeniedError', cause)).toBeInstanceOf(classes.AuthDeniedError)
  })

  it('has its own words where there is no cause', () => {
    const name = 'restApi::AuthNotReadyError'
    expect(restApiError({}, 'AuthNotReadyError', undefined, 'not here')).toMatchObject({
      name,
      message: 'not here',
    })
  })
})

describe('the error classes', () => {
  it("are added where Trello's script has none, and taken away again", () => {
    const trello: { restApiError?: Record<string, new () => Error> } = {}
    const undo = addRestApiErrors(trello)
    const { AuthDeniedError, AuthNotReadyError, ApiNotConfiguredError } = trello.restApiError ?? {}
    expect(restApiError(trello, 'AuthDeniedError', undefined)).toBeInstanceOf(AuthDeniedError)
    expect(restApiError(trello, 'AuthNotReadyError', undefined)).toBeInstanceOf(AuthNotReadyError)
    expect(restApiError(trello, 'ApiNotConfiguredError', undefined)).toBeInstanceOf(ApiNotConfiguredError)
    undo()
    expect(trello).toEqual({})
  })

  it("stay Trello's where it has them", () => {
    const restApi = Object.assign(oldErrorClass('restApi::Error', Error), {
      AuthDeniedError: oldErrorClass('restApi::AuthDeniedError', Error),
    })
    const { AuthDeniedError } = restApi
    const undo = addRestApiErrors({ restApiError: restApi })
    expect(restApi.AuthDeniedError).toBe(AuthDeniedError)
    expect(restApi).toHaveProperty('AuthNotReadyError')
    undo()
    expect(Object.keys(restApi)).toEqual(['AuthDeniedError'])
  })
})

/** For a callback page of your own. The ready page `callback.html` has it in its script. */
export { type CallbackEnding, completeAuthorization } from './sign-in/callback-page'

/** As much of Bluebird's types as the client script needs; its promises have more members. */
declare module 'bluebird/js/browser/bluebird.js' {
  const Bluebird: PromiseConstructor & {
    try<T>(run: () => T | PromiseLike<T>): Promise<T>
  }
  export default Bluebird
}

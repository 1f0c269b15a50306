export const options = {
  appKey: 'app-key-1',
  appName: 'Board lists',
}

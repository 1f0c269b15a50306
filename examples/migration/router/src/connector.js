export function startConnector(options) {
  window.TrelloPowerUp.initialize(
    {
      'board-buttons': () => [
        {
          text: 'Lists',
          callback: (t) =>
            t.popup({ title: 'Lists', url: `/board-lists/boards/${t.getContext().board}/lists` }),
        },
      ],
      'authorization-status': async (t) => ({ authorized: await t.getRestApi().isAuthorized() }),
    },
    options,
  )
}

using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "keeper", worker = .keeper), (name = "trello", worker = .trello)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "keeper")]
);

const keeper :Workerd.Worker = (
  modules = [(name = "keeper", esModule = embed "built/keeper-worker.mjs")],
  compatibilityDate = "2026-11-01",
  globalOutbound = "trello"
);

const trello :Workerd.Worker = (
  modules = [(name = "trello", esModule = embed "built/trello-worker.mjs")],
  compatibilityDate = "2026-11-01"
);

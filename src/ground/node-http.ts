/**
 * `node:http` for the application's threads. Not by `import`: that reads every export of the module, among them
 * getters that load all of fetch and WebSocket, 40 ms of start-up that an application without them would pay for us.
 */
export const nodeHttp: typeof import('node:http') = process.getBuiltinModule('node:http')

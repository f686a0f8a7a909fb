/** What is recorded of Node.js itself, by the recorder's name: no package.json has it. */
export const OF_NODE: Readonly<Record<string, string>> = {
  http: 'requests over HTTP/1 and HTTP/2',
  undici: 'what is asked by fetch and undici',
  httpClient: 'what is asked by node:http and node:https',
  sqlite: 'queries of node:sqlite',
  crypto: 'scrypt, pbkdf2 and argon2 of node:crypto within logins',
}

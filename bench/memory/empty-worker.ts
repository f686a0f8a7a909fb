import 'node:http'
import 'node:sqlite'

// As little as a thread with these two libraries can be; it stays until it is ended.
setInterval(() => {}, 60_000)

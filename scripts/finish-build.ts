// After tsc: the command has to be executable for those who link the package instead of installing it.
import { chmodSync } from 'node:fs'

chmodSync('dist/cli/main.js', 0o755)

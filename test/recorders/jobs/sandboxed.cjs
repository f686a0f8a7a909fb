// A processor in a file of its own: BullMQ runs it in another process.
module.exports = async ({ name, data }) => {
  if (name === 'broken') throw new TypeError('no database')
  return `sandboxed ${data.id}`
}

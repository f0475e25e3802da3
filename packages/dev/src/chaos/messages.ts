/** One whole message of PostgreSQL's protocol. */
export interface Message {
  /** Its letter; empty for the first of a connection, which has none. */
  readonly type: string
  readonly bytes: Buffer
}

const SSL_REQUEST = 80_877_103

/** Cuts what comes through a connection into messages. `greets`: the first has no letter, as from a client. */
export function createCutter({ greets }: { greets: boolean }): (chunk: Buffer) => Message[] {
  let rest = Buffer.alloc(0)
  let greeting = greets
  return (chunk) => {
    rest = Buffer.concat([rest, chunk])
    const messages: Message[] = []
    for (;;) {
      const head = greeting ? 0 : 1
      if (rest.length < head + 4) return messages
      const length = head + rest.readUInt32BE(head)
      if (rest.length < length) return messages
      const bytes = rest.subarray(0, length)
      rest = rest.subarray(length)
      messages.push({ type: greeting ? '' : String.fromCharCode(bytes[0] ?? 0), bytes })
      if (greeting && bytes.length === 8 && bytes.readUInt32BE(4) === SSL_REQUEST)
        throw new Error('a connection that is looked into cannot be encrypted')
      greeting = false
    }
  }
}

/** Whether a message asks for a COMMIT: by its text, or by the name that it was prepared under. */
export function isCommit({ type, bytes }: Message): boolean {
  if (!['Q', 'P', 'B'].includes(type)) return false
  const from = type === 'Q' ? 5 : bytes.indexOf(0, 5) + 1
  return /^commit\b/i.test(bytes.toString('latin1', from, from + 7))
}

/** Whether the other side acts once it has this: the end of a question, or of an answer. */
export const isBoundary = ({ type }: Message, from: 'client' | 'server'): boolean =>
  from === 'client' ? type === 'Q' || type === 'S' : type === 'Z'

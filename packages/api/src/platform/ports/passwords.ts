/** Hashes and checks passwords, off the main thread. Raises `busy` when too many wait. */
export interface Passwords {
  hash(password: string): Promise<string>
  /** With null, as for an e-mail nobody has, the same work is done and the answer is no. */
  verify(hash: string | null, password: string): Promise<boolean>
  /** Whether a hash is weaker than those made today. */
  isOutdated(hash: string): boolean
}

/** What of pg is public and has no types. */
declare module 'pg/lib/utils' {
  const utils: {
    /** A parameter as it is sent. Raises for what cannot be written. */
    prepareValue(value: unknown): string | Buffer | null
  }
  export default utils
}

/** Knows passwords that have leaked somewhere. */
export interface Breaches {
  /** Whether a password is among them; false, too, when nobody could say in time. */
  holds(password: string): Promise<boolean>
}

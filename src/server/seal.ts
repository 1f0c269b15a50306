/** The encryption of what a keeper stores. Both methods reject where they can't do it. */
export interface Seal {
  /** Encrypts a text. */
  seal(text: string): Promise<string>
  /** Decrypts what `seal` made, and rejects what it did not make. */
  open(text: string): Promise<string>
}

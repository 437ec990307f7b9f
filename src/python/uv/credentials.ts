/**
 * A text in which no web address holds a user's name or password: `https://me:secret@host/` becomes `https://host/`.
 * The user of an ssh address stays: it is no secret, and needed.
 */
export function withoutCredentials(text: string): string {
  return text
    .replaceAll(/(\bhttps?:\/\/)[^\s/"'@]*@/g, "$1")
    .replaceAll(/(:\/\/[^\s/"'@:]*):[^\s/"'@]*@/g, "$1@");
}

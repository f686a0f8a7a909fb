/** Text of others without control characters, which a terminal would obey. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}|\p{Cf}|[\u2028\u2029]/gu, '\ufffd')
}

/** Text that stays what it is in GitHub's Markdown, also in a table: nothing in it is taken for markup. */

/** What Markdown, HTML or GitHub (mentions, issues) might read something into. */
const special = /[\\`*_{}[\]<>()#+|~@&:!$-]/gu;

/** As it is, set as text. */
export function plainText(text: string): string {
  return oneLine(text).replaceAll(special, entity);
}

/** As it is, set as code. GitHub mentions nobody in it. */
export function codeText(text: string): string {
  const line = oneLine(text);
  // Backticks end code, and a table's cells end at a | in spite of them.
  const simple = !/[`|\\]/u.test(line) && line.trim() === line && line !== "";
  return simple ? `\`${line}\`` : `<code>${line.replaceAll(special, entity)}</code>`;
}

function entity(character: string): string {
  return `&#${character.codePointAt(0) ?? 0};`;
}

/** Control characters have no place in a comment; a line's end is shown as a sign. */
function oneLine(text: string): string {
  return text.replaceAll(/\r\n|[\n\r\u2028\u2029]/gu, "⏎").replaceAll(/\p{Cc}/gu, "\uFFFD");
}

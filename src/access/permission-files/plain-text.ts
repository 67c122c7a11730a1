/** Which texts may stand in a file without quotes. */

/**
 * What some reader of YAML 1.1 or 1.2 takes for no text: null, Booleans, numbers, times and the
 * merge key (https://yaml.org/type/, YAML 1.2.2 chapter 10).
 */
const WORDS = /^(?:~|null|y|n|yes|no|on|off|true|false|[-+]?\.(?:inf|nan)|<<|=)?$/i;
const NUMBER = /^[-+]?(?:\.?[0-9][0-9_.,:]*(?:e[-+]?[0-9]*)?|0x[0-9a-f_]+|0o[0-7_]+|0b[01_]+)$/i;
const MOMENT = /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[t \t].*)?$/i;

/** True for a text that has to be in quotes, because without them it may be read as another. */
export function needsQuotes(text: string): boolean {
  return WORDS.test(text) || NUMBER.test(text) || MOMENT.test(text);
}

/** Letters first, then what YAML gives no meaning, in a list or not. */
const PLAIN = /^[\p{L}$(](?:[\p{L}\p{N}_./@()+&$-]| (?! )|:(?=[\p{L}\p{N}]))*$/u;

/** Controls, invisible marks and marks that turn the direction of writing. */
const INVISIBLE = /[\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** A text as it stands in a file: bare where nobody could read it as anything else. */
export function quoted(text: string): string {
  if (PLAIN.test(text) && !text.endsWith(' ') && !needsQuotes(text)) return text;
  return JSON.stringify(text).replace(
    INVISIBLE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

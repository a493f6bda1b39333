/**
 * Names of users and channels, and the text of messages: which are allowed, and which count as the same. [PROTOCOL 4]
 */
import { limits } from '../limits.js';
import { ProtocolError } from './errors.js';
import { hasManyMarks } from './marks.js';

/** Letters, marks and digits of any script, and the punctuation that IRC allows, so that every name is legal there too. */
const userNamePattern = /^[\p{L}_][\p{L}\p{M}\p{Nd}_\-[\]{}\\^|`]*$/u;
/** Anything but separators, control and format characters (bidi marks are among those), lone surrogates and commas. */
const channelNamePattern = /^[^\p{Z}\p{Cc}\p{Cf}\p{Cs},]+$/u;
/** Channel names that are plainly in normal form; most are. */
const plainChannelName = /^[a-z0-9_-]+$/;
/**
 * Characters that show nothing, so that two names could look the same: variation selectors, fillers, the blank Braille
 * pattern.
 */
const unseen = /[\p{Default_Ignorable_Code_Point}\u2800]/u;
const plainTextPattern = /^[\x20-\x7e]*$/;
const controlCharacters = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
const asciiPattern = /^[\x21-\x7e]*$/;

/**
 * The form in which names are compared: NFKC, and case folded. Folding goes to lower case, then to upper case and back:
 * upper case makes ß the same as SS, but ẞ is its own upper case, so it has to be lowered to ß first. Applied again it
 * changes nothing.
 */
export function normalForm(name: string): string {
  if (asciiPattern.test(name)) return name.toLowerCase();
  return name.normalize('NFKC').toLowerCase().toUpperCase().toLowerCase().normalize('NFKC');
}

/**
 * Checks the name that a user of this server wants to have.
 *
 * @returns the name as it was typed; compare names by their `normalForm`
 * @throws ProtocolError `bad-name`
 */
export function checkUserName(name: string): string {
  if (hasManyMarks(checkAnyUserName(name))) {
    throw new ProtocolError('bad-name', 'A letter of a name carries at most two accents or other marks.');
  }
  return name;
}

/**
 * Checks the name of a user of any server. Servers of before do not count marks; their users are heard as everybody else
 * is, and it is for programs to show their names without what is too much.
 *
 * @throws ProtocolError `bad-name`
 */
export function checkAnyUserName(name: string): string {
  if (characters(name) > limits.userNameCharacters) {
    throw new ProtocolError('bad-name', `A name has at most ${limits.userNameCharacters} characters.`);
  }
  if (!userNamePattern.test(name) || unseen.test(name)) {
    throw new ProtocolError(
      'bad-name',
      'A name begins with a letter or _ and goes on with letters, digits or _ - [ ] { } \\ ^ | `, without spaces.',
    );
  }
  return name;
}

/**
 * @param typed as somebody typed it, with or without a leading `#`
 * @returns the normal form, which is the channel's name everywhere
 * @throws ProtocolError `bad-channel`
 */
export function checkChannelName(typed: string): string {
  if (plainChannelName.test(typed) && typed.length <= limits.channelNameCharacters) return typed;
  const name = normalForm(typed).replace(/^#+/, '');
  if (name === '') throw new ProtocolError('bad-channel', 'A channel name has at least one character.');
  if (characters(name) > limits.channelNameCharacters) {
    throw new ProtocolError(
      'bad-channel',
      `A channel name has at most ${limits.channelNameCharacters} characters.`,
    );
  }
  if (!channelNamePattern.test(name) || unseen.test(name)) {
    throw new ProtocolError('bad-channel', 'A channel name has no spaces, commas or invisible characters.');
  }
  if (hasManyMarks(name)) {
    throw new ProtocolError(
      'bad-channel',
      'A letter of a channel name carries at most two accents or other marks.',
    );
  }
  return name;
}

/**
 * Cleans the text of a message: control characters other than tab and newline are dropped, so that nothing can
 * steer a reader's terminal.
 *
 * @throws ProtocolError `too-long`, or `malformed` when nothing is left
 */
export function checkText(text: string): string {
  const clean = plainTextPattern.test(text) ? text : text.toWellFormed().replace(controlCharacters, '');
  if (isBlank(clean)) throw new ProtocolError('malformed', 'Malformed: the text of a message is empty.');
  // A UTF-16 unit takes at most three bytes, so the bytes of most texts need not be counted.
  if (clean.length * 3 > limits.textBytes && utf8Length(clean) > limits.textBytes) {
    throw new ProtocolError('too-long', `A message has at most ${limits.textBytes} bytes; send it in parts.`);
  }
  return clean;
}

/** Whether a text shows nothing. */
export function isBlank(text: string): boolean {
  // Most texts begin with a visible character.
  const first = text.charCodeAt(0);
  return !(first > 0x20 && first < 0x7f) && text.trim() === '';
}

/** The bytes of a well-formed string in UTF-8. Our own, as the page has no Buffer, and TextEncoder makes the bytes to count them. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x800 && (unit < 0xd800 || unit > 0xdfff)) bytes += 2;
    else if (unit >= 0x80) bytes += 1;
  }
  return bytes;
}

/** How many characters (code points) a text has. */
export function characters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** Whether a text is the normal form of a channel's name. */
export function isChannelName(name: string): boolean {
  return isUnchangedBy(checkChannelName, name);
}

/** Whether a text can be a user's name. */
export function isUserName(name: string): boolean {
  return isUnchangedBy(checkAnyUserName, name);
}

function isUnchangedBy(check: (name: string) => string, name: string): boolean {
  try {
    return check(name) === name;
  } catch {
    return false;
  }
}

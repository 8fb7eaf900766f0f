/** HOT PATH: text as it will be written: digits and letters go straight into a byte array, no string is made. */

const ZERO = 48;
const DOT = 46;
const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const NEWLINE = 10;
const RETURN = 13;
/** Longest text of a number. */
const NUMBER_ROOM = 32;

const encoder = new TextEncoder();

export class ByteText {
  #bytes: Uint8Array;
  #length = 0;

  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  /** What was written since `clear`; valid until the next change. */
  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
  }

  byte(code: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = code;
  }

  /** A CSV cell: in quotes if it has a comma, a quote, a line break, or a space at an end. */
  cell(text: string): void {
    const n = text.length;
    this.#reserve(n);
    const bytes = this.#bytes;
    const start = this.#length;
    for (let i = 0; i < n; i++) {
      const code = text.charCodeAt(i);
      const plain = code < 128 && code !== COMMA && code !== QUOTE && code !== NEWLINE && code !== RETURN;
      if (!plain || (code === SPACE && (i === 0 || i === n - 1))) {
        this.#encode(needsQuotes(text) ? `"${text.replaceAll('"', '""')}"` : text);
        return;
      }
      bytes[start + i] = code;
    }
    this.#length = start + n;
  }

  /** As String(value). */
  number(value: number): void {
    if (Number.isSafeInteger(value) && value >= 0) this.#integer(value, 1);
    else this.#encode(String(value));
  }

  /** As String(us / 1e6) for integers below 10^15; nothing for NaN. */
  seconds(us: number): void {
    if (Number.isNaN(us)) return;
    const whole = Math.floor(us / 1e6);
    this.#integer(whole, 1);
    let fraction = us - whole * 1e6;
    if (fraction === 0) return;
    let digits = 6;
    for (; fraction % 10 === 0; fraction /= 10) digits--;
    this.byte(DOT);
    this.#integer(fraction, digits);
  }

  /** With at least so many digits. */
  #integer(value: number, digits: number): void {
    for (let limit = Number(`1e${digits}`); limit <= value; limit *= 10) digits++;
    this.#reserve(NUMBER_ROOM);
    const bytes = this.#bytes;
    let rest = value;
    for (let at = this.#length + digits - 1; at >= this.#length; at--) {
      const tenth = Math.floor(rest / 10);
      bytes[at] = ZERO + (rest - tenth * 10);
      rest = tenth;
    }
    this.#length += digits;
  }

  #encode(text: string): void {
    this.#reserve(3 * text.length);
    this.#length += encoder.encodeInto(text, this.#bytes.subarray(this.#length)).written;
  }

  #reserve(room: number): void {
    if (this.#length + room <= this.#bytes.length) return;
    const grown = new Uint8Array(2 * (this.#bytes.length + room));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}

const needsQuotes = (text: string): boolean => /[,"\r\n\uFEFF]|^ | $/.test(text);

/** IPv4 addresses as text. */

/** As an unsigned number of 32 bits; undefined if it is no IPv4 address. */
export function addressNumber(ip: string): number | undefined {
  let address = 0;
  let octet = -1;
  let dots = 0;
  for (let i = 0; i < ip.length; i++) {
    const digit = ip.charCodeAt(i) - 48;
    if (digit >= 0 && digit <= 9) octet = (octet < 0 ? 0 : octet * 10) + digit;
    else if (digit === -2 && octet >= 0 && octet <= 255) {
      address = address * 256 + octet;
      octet = -1;
      dots++;
    } else return undefined;
  }
  return dots === 3 && octet >= 0 && octet <= 255 ? address * 256 + octet : undefined;
}

/** Whether an address lies in a block such as `10.0.0.0/8`; false if either is malformed. */
export function addressIn(ip: string, range: string): boolean {
  const slash = range.indexOf('/');
  const address = addressNumber(ip);
  const base = addressNumber(range.slice(0, slash));
  const prefix = Number(range.slice(slash + 1));
  if (slash < 0 || address === undefined || base === undefined || !(prefix >= 0 && prefix <= 32))
    return false;
  const size = 2 ** (32 - prefix);
  return Math.floor(address / size) === Math.floor(base / size);
}

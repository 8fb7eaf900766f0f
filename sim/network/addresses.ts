/** IPv4 addresses as text. */

/** Whether an address lies in a block such as `10.0.0.0/8`; false if either is malformed. */
export function addressIn(ip: string, range: string): boolean {
  const slash = range.indexOf('/');
  const address = numberOf(ip);
  const base = numberOf(range.slice(0, slash));
  const prefix = Number(range.slice(slash + 1));
  if (slash < 0 || address === undefined || base === undefined || !(prefix >= 0 && prefix <= 32))
    return false;
  const size = 2 ** (32 - prefix);
  return Math.floor(address / size) === Math.floor(base / size);
}

function numberOf(ip: string): number | undefined {
  const octets = ip.split('.').map(Number);
  if (octets.length !== 4 || !octets.every((o) => Number.isInteger(o) && o >= 0 && o <= 255))
    return undefined;
  return octets.reduce((sum, octet) => sum * 256 + octet, 0);
}

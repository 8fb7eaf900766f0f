/** IPv4 addresses as integers, and the CIDR that cluster IPs come from. */

/** Undefined for anything but four decimal octets. */
export function parseIpv4(text: string): number | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0;
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    value = value * 256 + Number(part);
  }
  return value;
}

export const printIpv4 = (value: number): string =>
  [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');

/** First usable address and number of usable addresses of `a.b.c.d/n`; throws RangeError if it is not one. */
export function parseCidr(text: string): { readonly first: number; readonly size: number } {
  const [address = '', bits = ''] = text.split('/');
  const base = parseIpv4(address);
  const length = Number(bits);
  if (base === undefined || !/^\d+$/.test(bits) || length > 30)
    throw new RangeError(`not an IPv4 range: ${text}`);
  const total = 4294967296 / (1 << length);
  return { first: Math.floor(base / total) * total + 1, size: total - 2 };
}

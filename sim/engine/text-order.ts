/** Text order by UTF-16 code unit, the same on every machine; for sorting. */
export const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

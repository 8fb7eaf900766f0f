/** A number of a cost model and where it comes from (law 8). */
export interface Cost {
  readonly value: number;
  readonly unit: string;
  /** The fit of `golden/proxy/coefficients.json`, the table or the publication it was taken from. */
  readonly origin: string;
  readonly basis: 'measured' | 'documented' | 'assumed';
}

/** A fitted curve: its terms, in the unit of its result, and the sizes it was fitted for. */
export interface CostFit {
  /** Its id in `golden/proxy/coefficients.json`. */
  readonly id: string;
  readonly unit: string;
  readonly validFor: string;
  readonly basis: 'measured';
  /** `a + b·x + c·y`. */
  readonly terms: { readonly a?: number; readonly b?: number; readonly c?: number };
}

/** What a field gives to its control: the ids that tie it to its label and words, and whether its value is wrong. */
export interface FieldControl {
  readonly id: string;
  readonly describedBy: string | undefined;
  readonly invalid: boolean;
}

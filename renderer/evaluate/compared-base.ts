/** What a run is compared with: another run, or one by the labels of a snapshot; null: by those of now. */
export interface ComparedBase {
  readonly runId: string;
  readonly snapshot: number | null;
}

/** As addresses write it: "r0001", "r0001~12". */
export const baseText = ({ runId, snapshot }: ComparedBase): string =>
  snapshot === null ? runId : `${runId}~${snapshot}`;

/** Null where the text is none. */
export function readBase(text: string | undefined): ComparedBase | null {
  const [runId = '', snapshot] = (text ?? '').split('~');
  if (runId === '' || (snapshot !== undefined && !/^\d+$/.test(snapshot))) return null;
  return { runId, snapshot: snapshot === undefined ? null : Number(snapshot) };
}

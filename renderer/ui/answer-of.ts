/**
 * What an effect asked for: give what it returns back from the effect. An answer that comes after the effect ran anew or
 * its page was left is not taken: it would show the past, and what it reads may be gone.
 */
export function answerOf<Answer>(
  asked: Promise<Answer>,
  take: (answer: Answer) => void,
  refuse: (reason: unknown) => void,
): () => void {
  let wanted = true;
  asked.then(
    (answer) => {
      if (wanted) take(answer);
    },
    (reason: unknown) => {
      if (wanted) refuse(reason);
    },
  );
  return () => {
    wanted = false;
  };
}

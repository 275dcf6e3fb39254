/** SQL: whether an image is one of those on which a run (first parameter) was evaluated by a saved filter (second). */
export const IN_FILTER_SET = `images.id IN (
  SELECT listed.value FROM filter_evaluations AS sets, json_each(sets.image_ids) AS listed
  WHERE sets.run_id = ? AND sets.name = ?)`;

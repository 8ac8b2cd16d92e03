/**
 * Brings the highest score to 100 and the others along; `reverse` makes the highest the worst.
 * Source: kube-scheduler's helper.DefaultNormalizeScore.
 */
export function normalizeByHighest(scores: number[], reverse: boolean): void {
  let highest = 0;
  for (const score of scores) if (score > highest) highest = score;
  for (let i = 0; i < scores.length; i++) {
    const scaled = highest === 0 ? 0 : Math.floor((maxScore * scores[i]!) / highest);
    scores[i] = reverse ? maxScore - scaled : scaled;
  }
}

export const maxScore = 100;

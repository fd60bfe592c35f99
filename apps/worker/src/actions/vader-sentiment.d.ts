declare module "vader-sentiment" {
  interface PolarityScores {
    readonly compound: number;
    readonly pos: number;
    readonly neg: number;
    readonly neu: number;
  }
  const vader: { readonly SentimentIntensityAnalyzer: { polarity_scores(text: string): PolarityScores } };
  // biome-ignore lint/style/noDefaultExport: it is what a CommonJS package gives.
  export default vader;
}
